using System.Globalization;
using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>The errors of the state API in Dapr's wording.</summary>
internal static class StateErrors
{
    private const string Supported = "https://docs.dapr.io/reference/components-reference/supported-state-stores/";

    public static DaprError NotConfigured(string store, IReadOnlyDictionary<string, string>? metadata) =>
        new(StatusCodes.Status500InternalServerError, "ERR_STATE_STORE_NOT_CONFIGURED", $"state store {store} is not configured")
        {
            Details = [new ErrorInfo("DAPR_STATE_NOT_CONFIGURED", metadata)],
        };

    public static DaprError NotFound(string store, IReadOnlyDictionary<string, string>? metadata) =>
        new(StatusCodes.Status400BadRequest, "ERR_STATE_STORE_NOT_FOUND", $"state store {store} is not found")
        {
            Details = [new ErrorInfo("DAPR_STATE_NOT_FOUND", metadata)],
        };

    /// <param name="field">The key, which Dapr leaves empty in transactions.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="key">The key as the caller wrote it.</param>
    public static DaprError IllegalKey(string field, string store, string key)
    {
        var message = DaprError.Embedded($"input key/keyPrefix '{key}' can't contain '{StateKeyPrefix.Separator}'");
        return DaprError.Malformed(message) with
        {
            Details = [new BadRequest(field, message), new ResourceInfo("state", store), new ErrorInfo("DAPR_STATE_ILLEGAL_KEY")],
        };
    }

    public static DaprError Body(string fault) => DaprError.Malformed($"failed deserializing HTTP body: {fault}");

    public static DaprError Get(string store, string key, string detail) =>
        DaprError.Internal("ERR_STATE_GET", $"fail to get {key} from state store {store}: {detail}");

    public static DaprError Save(string store, StateOutcome outcome, string detail) =>
        new(Status(outcome), "ERR_STATE_SAVE", $"failed saving state in state store {store}: {detail}");

    public static DaprError Delete(string key, StateResult result) =>
        new(Status(result.Outcome), "ERR_STATE_DELETE", $"failed deleting state with key {key}: {result.Message}");

    public static DaprError NoTransactions(string store) =>
        DaprError.Internal("ERR_STATE_STORE_NOT_SUPPORTED", $"state store {store} doesn't support transactions") with
        {
            Details =
            [
                new HelpLink("Check the list of state stores and the features they support", Supported),
                new ResourceInfo("state", store),
                new ErrorInfo("DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED"),
            ],
        };

    public static DaprError UnknownOperation(string operation) =>
        new(StatusCodes.Status400BadRequest, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"operation type {operation} not supported");

    public static DaprError TooManyOperations(string store, int count, int most) =>
        new(StatusCodes.Status400BadRequest, "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
            $"the transaction contains {count} operations, which is more than what the state store supports: {most}")
        {
            Details =
            [
                new ResourceInfo("state", store),
                new ErrorInfo("DAPR_STATE_TOO_MANY_TRANSACTIONS", new Dictionary<string, string>
                {
                    ["currentOpsTransaction"] = count.ToString(CultureInfo.InvariantCulture),
                    ["maxOpsPerTransaction"] = most.ToString(CultureInfo.InvariantCulture),
                }),
            ],
        };

    public static DaprError Transaction(string detail) =>
        DaprError.Internal("ERR_STATE_TRANSACTION", $"error while executing state transaction: {detail}");

    public static DaprError NoQuery(string store) =>
        DaprError.Internal("ERR_STATE_STORE_NOT_SUPPORTED", "state store does not support querying") with
        {
            Details = [new ResourceInfo("state", store), new ErrorInfo("DAPR_STATE_QUERYING_NOT_SUPPORTED")],
        };

    private static int Status(StateOutcome outcome) => outcome switch
    {
        StateOutcome.EtagMismatch => StatusCodes.Status409Conflict,
        StateOutcome.EtagInvalid => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status500InternalServerError,
    };
}
