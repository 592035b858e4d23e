using System.Buffers;

namespace Serverless.Functions.Hosting.Logging;

/// <summary>Turns lines into bytes.</summary>
internal interface ILogFormat
{
    /// <summary>Writes one line with its line feed.</summary>
    void Write(LogLine line, IBufferWriter<byte> output);
}
