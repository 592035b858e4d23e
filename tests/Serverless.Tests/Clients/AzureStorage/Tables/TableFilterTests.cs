using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

public sealed class TableFilterTests
{
    public static TheoryData<string, string> Literals => new()
    {
        { TableFilter.Where("S", "eq", "it's ''").Text, "S eq 'it''s '''''" },
        { TableFilter.Where("I", "lt", -5).Text, "I lt -5" },
        { TableFilter.Where("L", "le", 5L).Text, "L le 5L" },
        { TableFilter.Where("D", "gt", 2.0).Text, "D gt 2.0" },
        { TableFilter.Where("D", "gt", 1.5e300).Text, "D gt 1.5E+300" },
        { TableFilter.Where("B", "ne", false).Text, "B ne false" },
        { TableFilter.Where("T", "ge", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1))).Text, "T ge datetime'2026-01-02T02:04:05.0000000Z'" },
        { TableFilter.Where("G", "eq", Guid.Parse("c9da6455-213d-42c9-9a79-3e9149a57833")).Text, "G eq guid'c9da6455-213d-42c9-9a79-3e9149a57833'" },
        { TableFilter.Where("X", "eq", TableValue.FromBytes(new byte[] { 10, 255 })).Text, "X eq X'0aff'" },
        { TableFilter.Where("A", "eq", 1).And(TableFilter.Where("B", "eq", 2)).Or(TableFilter.Where("C", "eq", 3)).Text, "((A eq 1) and (B eq 2)) or (C eq 3)" },
        { TableFilter.RowPrefix("p", "abc").Text, "((PartitionKey eq 'p') and (RowKey ge 'abc')) and (RowKey lt 'abd')" },
        { TableFilter.RowPrefix("p", "a\U0010FFFF").Text, "((PartitionKey eq 'p') and (RowKey ge 'a\U0010FFFF')) and (RowKey lt 'b')" },
        { TableFilter.RowPrefix("p", "\uD7FF").Text, "((PartitionKey eq 'p') and (RowKey ge '\uD7FF')) and (RowKey lt '\uE000')" },
        { TableFilter.RowPrefix("p", "").Text, "(PartitionKey eq 'p') and (RowKey ge '')" },
    };

    [Theory]
    [MemberData(nameof(Literals))]
    public void Text_OfEachForm_IsAsTheServiceReadsIt(string text, string expected) => Assert.Equal(expected, text);

    [Fact]
    public void And_SixteenComparisons_IsRefused()
    {
        var filter = TableFilter.Where("A", "eq", 1);
        for (var more = 0; more < 14; more++)
        {
            filter = filter.Or(TableFilter.Where("A", "eq", more));
        }

        var fault = Assert.Throws<TableLimitException>(() => filter.And(TableFilter.Where("B", "eq", 1)));
        Assert.Equal("a filter can't have more than 15 comparisons", fault.Message);
    }

    [Fact]
    public void Where_NotANumber_IsRefused() => Assert.Throws<TableLimitException>(() => TableFilter.Where("D", "eq", double.NaN));
}
