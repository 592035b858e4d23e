using System.Text.Json;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Reads the bodies of the state API.</summary>
internal static class StateJson
{
    /// <summary>Reads the array of a save.</summary>
    /// <exception cref="JsonException">The body does not fit.</exception>
    public static List<StateItem> ReadItems(ReadOnlySpan<byte> body)
    {
        List<StateItem> items = [];
        var input = new JsonInput(body);
        input.Begin();
        if (input.BeginArray("the body"))
        {
            while (input.NextElement())
            {
                items.Add(ReadItem(ref input, withValue: true));
            }
        }

        return items;
    }

    /// <summary>Reads the object of a bulk get.</summary>
    /// <exception cref="JsonException">The body does not fit.</exception>
    public static BulkGetBody ReadBulkGet(ReadOnlySpan<byte> body)
    {
        var bulk = new BulkGetBody();
        var input = new JsonInput(body);
        input.Begin();
        if (!input.BeginObject("the body"))
        {
            return bulk;
        }

        while (input.NextMember())
        {
            if (input.IsNamed("keys"u8))
            {
                input.ToValue();
                ReadKeys(ref input, bulk.Keys);
            }
            else if (input.IsNamed("parallelism"u8))
            {
                input.ToValue();
                bulk.Parallelism = input.WholeNumber("parallelism");
            }
            else if (input.IsNamed("metadata"u8))
            {
                input.ToValue();
                bulk.Metadata = input.StringMap("metadata", bulk.Metadata);
            }
            else
            {
                input.SkipMember();
            }
        }

        return bulk;
    }

    /// <summary>Reads the object of a transaction.</summary>
    /// <exception cref="JsonException">The body does not fit.</exception>
    public static TransactionBody ReadTransaction(ReadOnlySpan<byte> body)
    {
        var transaction = new TransactionBody();
        var input = new JsonInput(body);
        input.Begin();
        if (!input.BeginObject("the body"))
        {
            return transaction;
        }

        while (input.NextMember())
        {
            if (input.IsNamed("operations"u8))
            {
                input.ToValue();
                transaction.Operations.Clear();
                for (var any = input.BeginArray("operations"); any && input.NextElement();)
                {
                    transaction.Operations.Add(ReadOperation(ref input));
                }
            }
            else if (input.IsNamed("metadata"u8))
            {
                input.ToValue();
                transaction.Metadata = input.StringMap("metadata", transaction.Metadata);
            }
            else
            {
                input.SkipMember();
            }
        }

        return transaction;
    }

    private static void ReadKeys(ref JsonInput input, List<string> keys)
    {
        keys.Clear();
        for (var any = input.BeginArray("keys"); any && input.NextElement();)
        {
            keys.Add(input.NullableString("keys") ?? "");
        }
    }

    private static TransactionOperation ReadOperation(ref JsonInput input)
    {
        var operation = new TransactionOperation();
        ReadOnlySpan<byte> request = default;
        for (var any = input.BeginObject("an operation"); any && input.NextMember();)
        {
            if (input.IsNamed("operation"u8))
            {
                input.ToValue();
                operation.Operation = input.NullableString("operation") ?? operation.Operation;
            }
            else if (input.IsNamed("request"u8))
            {
                input.ToValue();
                request = input.Raw();
            }
            else
            {
                input.SkipMember();
            }
        }

        if (!request.IsEmpty)
        {
            ReadRequest(operation, request);
        }

        return operation;
    }

    private static void ReadRequest(TransactionOperation operation, ReadOnlySpan<byte> request)
    {
        try
        {
            var input = new JsonInput(request);
            input.Begin();
            operation.Request = ReadItem(ref input, withValue: operation.Operation == "upsert");
        }
        catch (JsonException exception)
        {
            operation.Fault = $"request: {JsonText.Describe(exception)}";
        }
    }

    private static StateItem ReadItem(ref JsonInput input, bool withValue)
    {
        var item = new StateItem();
        for (var any = input.BeginObject("an item"); any && input.NextMember();)
        {
            if (input.IsNamed("key"u8))
            {
                input.ToValue();
                item.Key = input.NullableString("key") ?? item.Key;
            }
            else if (withValue && input.IsNamed("value"u8))
            {
                input.ToValue();
                item.Value = JsonText.Compact(input.Raw());
            }
            else if (input.IsNamed("etag"u8))
            {
                input.ToValue();
                item.ETag = input.NullableString("etag");
            }
            else if (input.IsNamed("metadata"u8))
            {
                input.ToValue();
                item.Metadata = input.StringMap("metadata", item.Metadata);
            }
            else if (input.IsNamed("options"u8))
            {
                input.ToValue();
                ReadOptions(ref input, item);
            }
            else if (withValue && input.IsNamed("contenttype"u8))
            {
                input.ToValue();
                item.ContentType = input.NullableString("contentType");
            }
            else
            {
                input.SkipMember();
            }
        }

        return item;
    }

    private static void ReadOptions(ref JsonInput input, StateItem item)
    {
        for (var any = input.BeginObject("options"); any && input.NextMember();)
        {
            if (input.IsNamed("concurrency"u8))
            {
                input.ToValue();
                item.Concurrency = input.NullableString("concurrency") ?? item.Concurrency;
            }
            else if (input.IsNamed("consistency"u8))
            {
                input.ToValue();
                item.Consistency = input.NullableString("consistency") ?? item.Consistency;
            }
            else
            {
                input.SkipMember();
            }
        }
    }
}
