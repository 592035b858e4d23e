using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

public sealed class WorkflowTableKeysTests
{
    [Theory]
    [InlineData("app", "order-1", "app.order-1")]
    [InlineData("my.app", "a/b", "my~002Eapp.a~002Fb")]
    [InlineData("a", "~", "a.~007E")]
    [InlineData("a", "ü🚀", "a.~00FC~D83D~DE80")]
    public void Partition_AnyText_IsLegalAndReadable(string app, string instance, string expected)
    {
        var partition = new WorkflowTableKeys(app).Partition(instance);

        Assert.Equal(expected, partition);
        Assert.Null(TableLimits.Complaint(new TableKey(partition, "")));
    }

    [Fact]
    public void Partition_OfHalfACharacter_IsLegal() => Assert.Equal("a.~D800", new WorkflowTableKeys("a").Partition("\ud800"));

    [Fact]
    public void Partition_OfLongTexts_FitsAndDiffers()
    {
        var keys = new WorkflowTableKeys(new string('.', 300));
        var partitions = Enumerable.Range(0, 50).Select(number => keys.Partition(new string('ü', 300) + number)).ToList();

        Assert.Equal(50, partitions.Distinct().Count());
        Assert.All(partitions, partition => Assert.Null(TableLimits.Complaint(new TableKey(partition, new string('w', 102)))));
        Assert.Null(TableLimits.Complaint(keys.ReadyRow(new string('ü', 300), new string('a', 100), DateTimeOffset.MaxValue)));
    }

    [Fact]
    public void Rows_OfAnInstance_StandInTheOrderThatAReaderNeeds()
    {
        string[] rows =
        [
            WorkflowTableKeys.HistoryRow(1, 2, 3), WorkflowTableKeys.HistoryRow(1, 10, 0), WorkflowTableKeys.HistoryRow(2, 1, 0), WorkflowTableKeys.Guard,
            WorkflowTableKeys.Turn, WorkflowTableKeys.Inbox + "z", WorkflowTableKeys.Meta, WorkflowTableKeys.Payloads, WorkflowTableKeys.Staged, WorkflowTableKeys.Work,
        ];

        Assert.Equal(rows.Order(StringComparer.Ordinal), rows);
    }

    [Theory]
    [InlineData("state", null, "stateworkflows")]
    [InlineData("state", "own", "own")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123", null, "a23456789012345678901234567890123456789012345678901234workflows")]
    public void Options_Table_IsTheirOwn(string state, string? workflows, string expected) =>
        Assert.Equal(expected, TableStorageWorkflowOptions.Read(Context(("tableName", state), ("workflowTableName", workflows ?? ""))).Table);

    [Theory]
    [InlineData("tableName", "", "metadata 'tableName'")]
    [InlineData("workflowTableName", "a-b", "metadata 'workflowTableName': expected 3 to 63 letters A-Z and digits, a letter first")]
    [InlineData("workflowTableName", "STATE", "metadata 'workflowTableName': expected another table than that of the state")]
    [InlineData("cosmosDbMode", "true", "metadata 'cosmosDbMode': expected false")]
    public void Options_Faulty_AreNamed(string name, string value, string expected)
    {
        var fault = Assert.Throws<ComponentException>(() => TableStorageWorkflowOptions.Read(Context(name == "tableName" ? [] : [("tableName", "state"), (name, value)])));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private static ComponentContext Context(params (string, string)[] items) =>
        StateContexts.Create("state.azure.tablestorage", TimeProvider.System, [("accountName", "acct"), ("accountKey", "a2V5"), .. items]);
}
