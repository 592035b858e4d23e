using System.Text;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.State.AzureTableStorage;

namespace Serverless.Tests.Components.State.AzureTableStorage;

/// <summary>Rows that the store did not write so.</summary>
public sealed class TableStateRowTests
{
    private const string First = "\"Value@odata.type\":\"Edm.Binary\",\"Value\":\"QQ==\"";

    [Theory]
    [InlineData("\"Value2@odata.type\":\"Edm.Binary\",\"Value2\":\"Qw==\",\"Value1@odata.type\":\"Edm.Binary\",\"Value1\":\"Qg==\"," + First, "ABC")]
    [InlineData("\"Value1@odata.type\":\"Edm.Binary\",\"Value1\":\"Qg==\",\"Value\":\"text\"", "text")]
    [InlineData(First + ",\"Value1\":\"text\",\"Value01@odata.type\":\"Edm.Binary\",\"Value01\":\"Qg==\",\"Values@odata.type\":\"Edm.Binary\",\"Values\":\"Qg==\"", "A")]
    [InlineData("\"Value1@odata.type\":\"Edm.Binary\",\"Value1\":\"Qg==\"", null)]
    public void Read_BinaryColumns_CountOnlyWhereTheyGoOnWithABinaryValue(string columns, string? expected) =>
        Assert.Equal(expected, Read(columns) is { } value ? Encoding.UTF8.GetString(value) : null);

    [Theory]
    [InlineData(First + ",\"Value2@odata.type\":\"Edm.Binary\",\"Value2\":\"Qg==\"", "column 'Value1' is missing")]
    [InlineData(First + ",\"Value1@odata.type\":\"Edm.Binary\",\"Value1\":5", "expected base64 in column 'Value1'")]
    [InlineData("\"Value@odata.type\":\"Edm.Int64\",\"Value\":\"5\"", "expected string in column 'Value'")]
    public void Read_DamagedValue_IsAFault(string columns, string expected) =>
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => Read(columns)).Message);

    private static byte[]? Read(string columns)
    {
        var reader = TableEntityReader.Over(Encoding.UTF8.GetBytes($"{{{columns}}}"));
        return TableStateRow.Read(ref reader).Value;
    }
}
