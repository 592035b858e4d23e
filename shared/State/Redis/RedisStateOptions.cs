using System.Globalization;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.State.Redis;

/// <summary>Metadata of <c>state.redis</c>.</summary>
internal sealed record RedisStateOptions
{
    /// <summary>What all Redis components share.</summary>
    public required RedisOptions Redis { get; init; }

    /// <summary>Seconds that a value lives when its own metadata does not say; null keeps what the key has.</summary>
    public long? DefaultTtl { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static RedisStateOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var options = new RedisStateOptions { Redis = RedisSettings.Read(binder, context), DefaultTtl = ReadTtl(binder) };
        if (binder.Text("queryIndexes") is not null)
        {
            binder.Fault("queryIndexes", "nothing: queries need the modules RediSearch and RedisJSON, which are not supported");
        }

        binder.ThrowIfFaulty();
        return options;
    }

    private static long? ReadTtl(MetadataBinder binder)
    {
        if (binder.Text("ttlInSeconds") is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds <= RedisStateTtl.Longest)
        {
            return seconds;
        }

        binder.Fault("ttlInSeconds", $"a whole number up to {RedisStateTtl.Longest}");
        return null;
    }
}
