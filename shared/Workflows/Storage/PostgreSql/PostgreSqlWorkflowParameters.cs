using Npgsql;
using NpgsqlTypes;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>Adds parameters in their types. Bytes are copied: what the caller no longer waits for may still be sent.</summary>
internal static class PostgreSqlWorkflowParameters
{
    public static NpgsqlParameterCollection Text(this NpgsqlParameterCollection parameters, string value)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });
        return parameters;
    }

    public static NpgsqlParameterCollection TextOrNull(this NpgsqlParameterCollection parameters, string? value) =>
        value is null ? parameters.Null(NpgsqlDbType.Text) : parameters.Text(value);

    public static NpgsqlParameterCollection Long(this NpgsqlParameterCollection parameters, long value)
    {
        parameters.Add(new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint });
        return parameters;
    }

    public static NpgsqlParameterCollection Time(this NpgsqlParameterCollection parameters, DateTimeOffset value) => parameters.Long(value.UtcTicks);

    public static NpgsqlParameterCollection Short(this NpgsqlParameterCollection parameters, int value)
    {
        parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)value, NpgsqlDbType = NpgsqlDbType.Smallint });
        return parameters;
    }

    public static NpgsqlParameterCollection Truth(this NpgsqlParameterCollection parameters, bool value)
    {
        parameters.Add(new NpgsqlParameter<bool> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Boolean });
        return parameters;
    }

    public static NpgsqlParameterCollection Session(this NpgsqlParameterCollection parameters, Guid? value)
    {
        if (value is not { } session)
        {
            return parameters.Null(NpgsqlDbType.Uuid);
        }

        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session, NpgsqlDbType = NpgsqlDbType.Uuid });
        return parameters;
    }

    public static NpgsqlParameterCollection Bytes(this NpgsqlParameterCollection parameters, ReadOnlyMemory<byte> value)
    {
        parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = value.ToArray(), NpgsqlDbType = NpgsqlDbType.Bytea });
        return parameters;
    }

    public static NpgsqlParameterCollection BytesOrNull(this NpgsqlParameterCollection parameters, ReadOnlyMemory<byte>? value) =>
        value is { } bytes ? parameters.Bytes(bytes) : parameters.Null(NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection Array<T>(this NpgsqlParameterCollection parameters, T[] values, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        return parameters;
    }

    private static NpgsqlParameterCollection Null(this NpgsqlParameterCollection parameters, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });
        return parameters;
    }
}
