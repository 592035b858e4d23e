using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>A request that the service would refuse, and that was not sent; the message names the limit.</summary>
internal sealed class TableLimitException(string message) : AzureException(message, isFateUnknown: false, innerException: null);
