using Serverless.Components.Settings;

namespace Serverless.Tests.Components.Settings;

public sealed class PostgreSqlConnectionTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  ", "")]
    [InlineData("host=localhost user=postgres password=example port=5432 connect_timeout=10 database=my_db", "connect_timeout=10;database=my_db;host=localhost;password=example;port=5432;user=postgres")]
    [InlineData("host = localhost\n\tdbname = my_db", "database=my_db;host=localhost")]
    [InlineData(@"password='it\'s a \\ secret' user=''", @"password=it's a \ secret;user=")]
    [InlineData(@"password=a\ b user=c", "password=a b;user=c")]
    [InlineData("HOST=h sslmode=verify-full", "host=h;sslmode=verify-full")]
    [InlineData("host=h host=i", "host=i")]
    [InlineData("postgres://", "")]
    [InlineData("postgresql://localhost", "host=localhost")]
    [InlineData("postgres://localhost/db", "database=db;host=localhost")]
    [InlineData("postgres://user@localhost:6000/", "host=localhost;port=6000;user=user")]
    [InlineData("postgres://us%40er:p%2Fa%3Ass%20@localhost/my%20db", "database=my db;host=localhost;password=p/a:ss ;user=us@er")]
    [InlineData("postgres://user:a@b@localhost", "host=localhost;password=a@b;user=user")]
    [InlineData("postgres://user:@localhost", "host=localhost;password=;user=user")]
    [InlineData("postgres://[::1]:6000/db?sslmode=require&application_name=a+b%2B", "application_name=a b+;database=db;host=::1;port=6000;sslmode=require")]
    [InlineData("postgres://a:1,b,[::2]:3/db?target_session_attrs=read-write", "database=db;host=a,b,::2;port=1,,3;target_session_attrs=read-write")]
    [InlineData("postgres://%2Fvar%2Frun/db", "database=db;host=/var/run")]
    [InlineData("postgres:///db?host=h&port=7", "database=db;host=h;port=7")]
    public void Text_EitherForm_IsRead(string text, string expected) => Assert.Equal(
        expected, string.Join(';', PostgreSqlConnectionText.Read(text).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));

    [Theory]
    [InlineData("secret", "keyword=value pairs with spaces between, or a URL that begins with postgres://")]
    [InlineData("host=a secret user=b", "keyword=value pairs with spaces between, or a URL that begins with postgres://")]
    [InlineData("=secret", "keyword=value pairs with spaces between, or a URL that begins with postgres://")]
    [InlineData("mysql://user:secret@host/db", "keyword=value pairs with spaces between, or a URL that begins with postgres://")]
    [InlineData("postgres://user:5/ecret@host/db", "no '/' but as %2F in user and password, and no '@' but as %40 in the database")]
    [InlineData("password='secret", "a closing quote behind each quoted value")]
    [InlineData(@"password='secret\", "a closing quote behind each quoted value")]
    public void Text_NeitherForm_IsRefusedWithoutQuotingIt(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => PostgreSqlConnectionText.Read(text)).Message);
}
