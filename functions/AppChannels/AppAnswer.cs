namespace Serverless.Functions.AppChannels;

/// <summary>What the app answered.</summary>
internal sealed record AppAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the app calls the body JSON.</summary>
    public bool IsJson { get; init; }
}
