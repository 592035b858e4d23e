using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

public sealed class TableLimitsTests
{
    private static readonly TableKey Key = new("p", "r");

    [Theory]
    [InlineData("abc", true)]
    [InlineData("A23", true)]
    [InlineData("ab", false)]
    [InlineData("1bc", false)]
    [InlineData("a-b", false)]
    [InlineData("abc\n", false)]
    [InlineData("Tables", false)]
    [InlineData("äbc", false)]
    [InlineData("", false)]
    public void IsTableName_OfEachForm_IsTheServices(string name, bool expected) => Assert.Equal(expected, TableLimits.IsTableName(name));

    [Fact]
    public void IsTableName_SixtyFourCharacters_IsNone() => Assert.Equal((true, false), (TableLimits.IsTableName(new string('a', 63)), TableLimits.IsTableName(new string('a', 64))));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("#")]
    [InlineData("?")]
    [InlineData("\0")]
    [InlineData("\t")]
    [InlineData("\u007F")]
    [InlineData("\u009F")]
    public void Complaint_IllegalCharacter_NamesItAndTheKey(string text)
    {
        Assert.Contains("PartitionKey", TableLimits.Complaint(new TableKey(text, "r")), StringComparison.Ordinal);
        var complaint = TableLimits.Complaint(new TableKey("p", text))!;
        Assert.Contains("RowKey", complaint, StringComparison.Ordinal);
        Assert.Contains("U+00", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void Complaint_HalfACharacter_WouldBeSentAsAnother()
    {
        // Attributes can't hold such texts.
        foreach (var text in (string[])["a\uD83D", "\uDD11b", "\uDD11\uD83D", "🔑\uD83Dx"])
        {
            Assert.Equal("the PartitionKey must be valid Unicode", TableLimits.Complaint(new TableKey(text, "r")));
            Assert.Equal("the RowKey must be valid Unicode", TableLimits.Complaint(new TableKey("p", text)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\"1\"\r\nPrefer: x")]
    [InlineData("\"é\"")]
    public void Condition_WhatNoHeaderCanHold_IsRefused(string? etag) => Assert.Throws<TableLimitException>(() => TableCondition.ETag(etag));

    [Fact]
    public void Complaint_OtherTexts_IsNone()
    {
        Assert.Null(TableLimits.Complaint(new TableKey("", "")));
        Assert.Null(TableLimits.Complaint(new TableKey(" %+&'\"~\u00A0é🔑", new string('k', 512))));
        Assert.Equal("the RowKey has 513 characters, and Table Storage takes 512", TableLimits.Complaint(new TableKey("", new string('k', 513))));
    }

    [Theory]
    [InlineData("A", true)]
    [InlineData("_1", true)]
    [InlineData("Größe", true)]
    [InlineData("a-b", false)]
    [InlineData("1a", false)]
    [InlineData("a.b", false)]
    [InlineData("", false)]
    [InlineData("RowKey", false)]
    [InlineData("PartitionKey", false)]
    [InlineData("Timestamp", false)]
    public void Insert_PropertyName_IsChecked(string name, bool isLegal) => Assert.Equal(isLegal, IsTaken([new(name, 1)]));

    [Fact]
    public void Insert_LongPropertyName_IsRefused() => Assert.Equal((true, false), (IsTaken([new(new string('a', 255), 1)]), IsTaken([new(new string('a', 256), 1)])));

    [Fact]
    public void Insert_TooManyProperties_IsRefused() => Assert.Equal((true, false), (IsTaken(Many(252)), IsTaken(Many(253))));

    [Fact]
    public void Insert_LongString_IsCountedInUtf16Units()
    {
        Assert.True(IsTaken([new("A", new string('ü', 32_768))]));
        Assert.True(IsTaken([new("A", TableValue.FromUtf8(System.Text.Encoding.UTF8.GetBytes(new string('ü', 32_768))))]));
        Assert.False(IsTaken([new("A", TableValue.FromUtf8(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("🔑", 16_384)) + "x")))]));
        var fault = Assert.Throws<TableLimitException>(() => Insert([new("A", new string('x', 32_769))]));
        Assert.Equal("property 'A' has 32769 UTF-16 units, and Table Storage takes 32768 (64 KiB)", fault.Message);
    }

    [Fact]
    public void Insert_LongBinary_IsRefused() => Assert.Equal((true, false), (IsTaken([Bytes("A", 65_536)]), IsTaken([Bytes("A", 65_537)])));

    [Fact]
    public void Insert_EntityOverOneMebibyte_IsRefused()
    {
        // 4 + keys 4, and each property 8 + name 4 + length 4 + content.
        var full = Enumerable.Range(0, 15).Select(i => Bytes($"A{i:X}", 65_536)).ToList();
        var room = (1 << 20) - 8 - (15 * (16 + 65_536)) - 16;
        Assert.True(IsTaken([.. full, Bytes("AF", room)]));
        Assert.False(IsTaken([.. full, Bytes("AF", room + 1)]));
    }

    [Fact]
    public void Insert_TimeBefore1601_IsRefused()
    {
        var first = new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal((true, false), (IsTaken([new("A", first)]), IsTaken([new("A", first.AddTicks(-1))])));
    }

    [Fact]
    public void Batch_Limits_AreChecked()
    {
        var batch = new TableBatch();
        batch.Add(TableOperation.Delete(Key, TableCondition.Exists));
        Assert.Throws<TableLimitException>(() => batch.Add(TableOperation.Delete(Key, TableCondition.Exists)));
        Assert.Throws<TableLimitException>(() => batch.Add(TableOperation.Delete(new TableKey("P", "r"), TableCondition.Exists)));
        for (var row = 1; row < 100; row++)
        {
            batch.Add(TableOperation.Delete(Key with { RowKey = $"{row}" }, TableCondition.Exists));
        }

        Assert.Throws<TableLimitException>(() => batch.Add(TableOperation.Delete(Key with { RowKey = "100" }, TableCondition.Exists)));
        Assert.Equal(100, batch.Count);
    }

    private static TableProperty Bytes(string name, int length) => new(name, TableValue.FromBytes(new byte[length]));

    private static TableProperty[] Many(int count) => [.. Enumerable.Range(0, count).Select(i => new TableProperty($"A{i}", i))];

    private static void Insert(TableProperty[] properties) => TableOperation.Insert(new TableEntity(Key, properties));

    private static bool IsTaken(TableProperty[] properties)
    {
        try
        {
            Insert(properties);
            return true;
        }
        catch (TableLimitException)
        {
            return false;
        }
    }
}
