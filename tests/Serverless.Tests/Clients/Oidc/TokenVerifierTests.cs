using System.Text.Json.Nodes;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.Oidc;

namespace Serverless.Tests.Clients.Oidc;

/// <summary>Which bearer tokens count, on a provider with keys of its own.</summary>
public sealed class TokenVerifierTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private OpenIdProvider _provider = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _clock.GetUtcNow();

    public async ValueTask InitializeAsync() => _provider = await OpenIdProvider.StartAsync();

    public async ValueTask DisposeAsync() => await _provider.DisposeAsync();

    public static TheoryData<string, bool> Claims => new()
    {
        { "{}", true },
        { """{"aud":["other","api://events"]}""", true },
        { """{"iss":"https://sts/old/"}""", true },
        { """{"azp":null,"appid":"sender"}""", true },
        { """{"nbf":null}""", true },
        { """{"exp":-200}""", true },
        { """{"exp":-400}""", false },
        { """{"exp":null}""", false },
        { """{"exp":"never"}""", false },
        { """{"nbf":200}""", true },
        { """{"nbf":400}""", false },
        { """{"aud":"other"}""", false },
        { """{"aud":["other"]}""", false },
        { """{"aud":null}""", false },
        { """{"iss":"https://elsewhere/"}""", false },
        { """{"iss":null}""", false },
        { """{"azp":"somebody"}""", false },
        { """{"azp":"somebody","appid":"sender"}""", false },
        { """{"azp":null}""", false },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task Claims_Each_CountOrNot(string changes, bool expected)
    {
        using var verifier = Create();
        var token = _provider.Sign(Now, claims =>
        {
            foreach (var (name, value) in (JsonObject)JsonNode.Parse(changes)!)
            {
                claims.Remove(name);
                if (value is not null)
                {
                    // Times count from now.
                    claims[name] = value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? Now.ToUnixTimeSeconds() + value.GetValue<int>() : value.DeepClone();
                }
            }
        });

        Assert.Equal(expected, await verifier.IsValidAsync(token, Token));
    }

    [Fact]
    public async Task Token_ForgedOrDamaged_NeverCounts()
    {
        using var verifier = Create();
        await using var stranger = await OpenIdProvider.StartAsync();
        var good = _provider.Sign(Now);
        var parts = good.Split('.');
        Assert.True(await verifier.IsValidAsync(good, Token));
        string[] bad =
        [
            "", "a", "..", "a.b.c", $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", $"{good}.x", $"{parts[0]}.{parts[1]}.{parts[2][4..]}", $"{parts[0]}.{_provider.Sign(Now, claims => claims["x"] = 1).Split('.')[1]}.{parts[2]}",
            stranger.Sign(Now, claims => claims["iss"] = _provider.Issuer), _provider.Sign(Now, algorithm: "none"), _provider.Sign(Now, algorithm: "HS256"), _provider.Sign(Now, algorithm: "PS256"),
            _provider.Sign(Now, claims => claims["x"] = new string('x', 20_000)),
        ];
        foreach (var token in bad)
        {
            Assert.False(await verifier.IsValidAsync(token, Token), token);
        }

        Assert.Equal(1, _provider.Reads);
    }

    [Fact]
    public async Task Keys_AreReadAgainForAnUnknownOneButNotForEverybody()
    {
        using var verifier = Create();
        Assert.True(await verifier.IsValidAsync(_provider.Sign(Now), Token));
        _provider.AddKey("k2");

        // Just read: not again.
        Assert.False(await verifier.IsValidAsync(_provider.Sign(Now, key: "k2"), Token));
        Assert.Equal(1, _provider.Reads);
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.True(await verifier.IsValidAsync(_provider.Sign(Now), Token));
        Assert.Equal(1, _provider.Reads);
        Assert.True(await verifier.IsValidAsync(_provider.Sign(Now, key: "k2"), Token));
        Assert.Equal(2, _provider.Reads);

        // A day later, while nobody answers: the old ones do.
        await _provider.StopAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await verifier.IsValidAsync(_provider.Sign(Now), Token));
    }

    [Fact]
    public async Task Keys_ThatCantBeRead_AreToldAndSoonAskedForAgain()
    {
        using var verifier = Create();
        await _provider.StopAsync();
        await Assert.ThrowsAsync<OidcTokenException>(async () => await verifier.IsValidAsync(_provider.Sign(Now), Token));

        // What can't count asks nobody.
        Assert.False(await verifier.IsValidAsync(_provider.Sign(Now, claims => claims["aud"] = "other"), Token));
        await _provider.StartAgainAsync();
        await Assert.ThrowsAsync<OidcTokenException>(async () => await verifier.IsValidAsync(_provider.Sign(Now), Token));
        Assert.Equal(0, _provider.Reads);
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.True(await verifier.IsValidAsync(_provider.Sign(Now), Token));
    }

    private TokenVerifier Create() =>
        new(new TokenRules { Configuration = _provider.Configuration, Audience = OpenIdProvider.Audience, OtherIssuer = "https://sts/old/", Client = "sender" }, _clock);
}
