using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.AzureTables;

public sealed class TableStartTests() : AzuriteStartTests<TableApp>("can't be created");
