using System.Text;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

public sealed class TableBatchAnswerTests
{
    private const string Type = "multipart/mixed; boundary=batchresponse_b1";
    private const int FuzzRounds = 20_000;

    private static readonly string Success = Batch(
        Part("HTTP/1.1 204 No Content", "Content-ID: 1", "X-Content-Type-Options: nosniff", "ETag: W/\"datetime'1'\""),
        Part("HTTP/1.1 204 No Content", "Cache-Control: no-cache"),
        Part("HTTP/1.1 201 Created", "etag: W/\"datetime'3'\"") + "{\"odata.metadata\":\"--batchresponse_b1\"}\r\n");

    private static readonly string Failure = Batch(
        Part("HTTP/1.1 404 Not Found", "Content-ID: 3", "Content-Type: application/json;odata=minimalmetadata")
        + "{\"odata.error\":{\"code\":\"ResourceNotFound\",\"message\":{\"lang\":\"en-US\",\"value\":\"2:The specified resource does not exist.\\nRequestId:1\\nTime:2\"}}}\r\n");

    [Fact]
    public void Read_Success_GivesTheETagsInOrder()
    {
        var answer = Read(Success, 3);

        Assert.Equal(["W/\"datetime'1'\"", null, "W/\"datetime'3'\""], answer.ETags);
        Assert.Equal((-1, 0), (answer.Failed, answer.Status));
    }

    [Fact]
    public void Read_Failure_TellsTheOperation()
    {
        var answer = Read(Failure, 3);

        Assert.Equal((2, 404, "ResourceNotFound", "The specified resource does not exist."), (answer.Failed, answer.Status, answer.Error.Code, answer.Error.Message));
        Assert.Empty(answer.ETags);
    }

    [Fact]
    public void Read_FailureOfTheOnlyOperation_NeedsNoPlace() => Assert.Equal(0, Read(Failure.Replace("2:", "", StringComparison.Ordinal), 1).Failed);

    [Fact]
    public void Read_FailureWithoutAPlace_IsOfNoOperation() => Assert.Equal((-1, 404), (Read(Failure.Replace("2:", "", StringComparison.Ordinal), 3).Failed, Read(Failure.Replace("2:", "", StringComparison.Ordinal), 3).Status));

    [Theory]
    [InlineData("multipart/mixed;boundary=\"batchresponse_b1\"")]
    [InlineData("Multipart/Mixed; charset=utf-8; Boundary=batchresponse_b1")]
    public void Read_BoundaryInOtherSpelling_IsFound(string type) => Assert.Equal(3, TableBatchAnswer.Read(type, Encoding.UTF8.GetBytes(Success), 3).ETags.Count);

    [Fact]
    public void Read_LineFeedsAlone_Work() => Assert.Equal(3, Read(Success.Replace("\r\n", "\n", StringComparison.Ordinal), 3).ETags.Count);

    [Fact]
    public void Read_MoreEmptyLinesAndSomeTextAround_Work() =>
        Assert.Equal(3, Read("preamble\r\n" + Success.Replace("\r\n--changes", "\r\n\r\n--changes", StringComparison.Ordinal).Replace("binary\r\n\r\n", "binary\r\n\r\n\r\n", StringComparison.Ordinal) + "epilogue", 3).ETags.Count);

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("multipart/mixed")]
    [InlineData("multipart/mixed; boundary=")]
    [InlineData("multipart/mixed; boundary=another")]
    public void Read_OtherContentType_IsDamaged(string? type) =>
        Assert.Throws<InvalidDataException>(() => TableBatchAnswer.Read(type, Encoding.UTF8.GetBytes(Success), 3));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Read_OtherNumberOfParts_IsDamaged(int operations) => Assert.Throws<InvalidDataException>(() => Read(Success, operations));

    [Fact]
    public void Read_FailureOfAnOperationThatIsNotThere_IsDamaged() => Assert.Throws<InvalidDataException>(() => Read(Failure, 2));

    [Fact]
    public void Read_FailureBesideSuccesses_IsDamaged() =>
        Assert.Throws<InvalidDataException>(() => Read(Success.Replace("201 Created", "412 Precondition Failed", StringComparison.Ordinal), 3));

    [Theory]
    [InlineData("HTTP/1.1 204", "HTTP/1.1 302")]
    [InlineData("HTTP/1.1 204", "HTTP/1.1 100")]
    [InlineData("HTTP/1.1 204", "HTTP/1.1 x04")]
    [InlineData("HTTP/1.1 204", "204")]
    [InlineData("HTTP/1.1 204 No Content", "")]
    public void Read_OddStatus_IsDamaged(string from, string to) => Assert.Throws<InvalidDataException>(() => Read(Success.Replace(from, to, StringComparison.Ordinal), 3));

    [Fact]
    public void Read_CutAnywhere_IsDamaged()
    {
        // The last line's end is no part of the answer.
        for (var length = 0; length < Success.Length - "--\r\n".Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(Success[..length], 3));
        }
    }

    [Fact]
    public void Read_NestedTooDeep_IsDamaged()
    {
        var body = Success;
        for (var depth = 0; depth < 4; depth++)
        {
            body = $"--batchresponse_b1\r\nContent-Type: multipart/mixed; boundary=batchresponse_b1\r\n\r\n{body}\r\n--batchresponse_b1--\r\n";
        }

        Assert.Throws<InvalidDataException>(() => Read(body, 3));
    }

    [Fact]
    public void Read_DamagedAtRandom_NeverTellsOfASuccessThatWasAFailure()
    {
        var random = new Random(20261120);
        for (var round = 0; round < FuzzRounds; round++)
        {
            var isFailure = round % 2 == 0;
            var bytes = Encoding.UTF8.GetBytes(isFailure ? Failure : Success);
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                bytes = Damage(bytes, random);
            }

            try
            {
                var answer = TableBatchAnswer.Read(Type, bytes, 3);
                Assert.True(answer.Status >= 400 || (!isFailure && answer.ETags.Count == 3), Encoding.UTF8.GetString(bytes));
            }
            catch (InvalidDataException)
            {
                // Clear enough.
            }
        }
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, 40), bytes.Length - at);
        return random.Next(4) switch
        {
            0 => [.. bytes[..at], .. bytes[(at + length)..]],
            1 => [.. bytes[..(at + length)], .. bytes[at..]],
            2 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
            _ => [.. bytes[..at], .. "\r\n"u8, .. bytes[at..]],
        };
    }

    private static TableBatchAnswer Read(string body, int operations) => TableBatchAnswer.Read(Type, Encoding.UTF8.GetBytes(body), operations);

    private static string Batch(params string[] parts) =>
        "--batchresponse_b1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_c1\r\n\r\n" + string.Concat(parts)
        + "--changesetresponse_c1--\r\n--batchresponse_b1--\r\n";

    private static string Part(string status, params string[] headers) =>
        $"--changesetresponse_c1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{status}\r\n{string.Join("\r\n", headers)}\r\n\r\n\r\n";
}
