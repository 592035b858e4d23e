using System.Text;
using Serverless.Backends.Apps;
using Serverless.Backends.Processes;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;

namespace Serverless.Tests.Functions.Bindings;

public sealed class InputBindingsTests : IAsyncLifetime
{
    private InputBindingsRig _rig = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await InputBindingsRig.CreateAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task WhatWasThereAtStart_ReadsOnceTheAppIsHealthy_AndDelivers()
    {
        var input = new ScriptedInput { OnRead = ReadOneAsync };
        await _rig.Inputs.ActivateAsync(InputBindingsRig.Live(input), Cancel);
        Assert.Equal(0, input.Begun);

        _rig.Inputs.Start();

        Assert.Equal("event", Assert.Single(await _rig.App.WaitAsync(1, "POST", "/queue", Cancel)).Text);
        Assert.Single(_rig.App.Of("OPTIONS", "/queue"));
    }

    [Fact]
    public async Task NotWanted_IsLoggedAndNotRead_UntilTheAppComesBackAndWantsIt()
    {
        _rig.OptionsStatus = 404;
        var input = new ScriptedInput();
        await _rig.StartAsync(input);
        await _rig.LoggedAsync("Information: binding 'queue': the app does not want its events: OPTIONS /queue was answered neither 2xx nor 405");
        Assert.Equal(0, input.Begun);

        await _rig.MakeUnhealthyAsync();
        _rig.OptionsStatus = 405;
        await _rig.ProbeAsync(200);

        await InputBindingsRig.RunningAsync(input, 1);
    }

    [Fact]
    public async Task Unhealthy_StopsTheReading_AndHealthyBeginsItAnew()
    {
        var input = new ScriptedInput();
        await _rig.StartAsync(input);
        await InputBindingsRig.RunningAsync(input, 1);

        await _rig.MakeUnhealthyAsync();
        await InputBindingsRig.RunningAsync(input, 0);
        await _rig.ProbeAsync(200);
        await InputBindingsRig.RunningAsync(input, 1);

        Assert.Equal((2, 1), (input.Begun, input.MostRunning));
        Assert.Equal(2, _rig.App.Of("OPTIONS", "/queue").Count);
    }

    [Fact]
    public async Task AppGone_WhenAsked_IsAskedAgain()
    {
        var input = new ScriptedInput();
        await _rig.HealthyAsync();
        await _rig.App.StopAsync();
        await _rig.StartAsync(input);
        await _rig.LoggedAsync("Warning: binding 'queue': whether the app wants the events is not known");
        await _rig.App.StartAgainAsync();

        await _rig.AdvanceToAsync(TimeSpan.FromSeconds(1));

        await InputBindingsRig.RunningAsync(input, 1);
    }

    [Fact]
    public async Task Trouble_IsTriedAgainAtGrowingDistances_AndToldOncePerKind()
    {
        var input = new ScriptedInput
        {
            OnRead = (number, _, _) => number is 1 or 2 ? throw new IOException("broken") : number == 3 ? Task.CompletedTask : throw new BindingException("odd"),
        };
        await _rig.StartAsync(input);
        var distances = (int[])[1, 2, 4, 8, 16, 30, 30];
        for (var begun = 1; begun <= distances.Length; begun++)
        {
            await Eventually.MustAsync($"reading {begun}", () => Task.FromResult(input.Begun == begun && input.Running == 0), InputBindingsRig.Limit, Cancel);
            await _rig.AdvanceToAsync(TimeSpan.FromSeconds(distances[begun - 1]));
        }

        await Eventually.MustAsync("the last reading", () => Task.FromResult(input.Begun == distances.Length + 1), InputBindingsRig.Limit, Cancel);
        Assert.Equal(
            ["broken", "the reading ended by itself", "odd"],
            _rig.Log.Messages.Where(line => line.EndsWith("; trying again", StringComparison.Ordinal)).Select(line => line["Warning: binding 'queue': ".Length..^"; trying again".Length]));
    }

    [Fact]
    public async Task SettingsThatDoNotFit_FailTheActivation_AndNothingRuns()
    {
        await _rig.StartedAsync();
        var input = new ScriptedInput { OnRead = (_, _, _) => throw new ComponentException("no such queue") };
        var live = InputBindingsRig.Live(input);

        Assert.Equal("no such queue", (await Assert.ThrowsAsync<ComponentException>(() => _rig.Inputs.ActivateAsync(live, Cancel))).Message);

        Assert.Equal((1, 0), (input.Begun, input.Running));
        input.OnRead = (_, _, stopping) => ScriptedInput.StoppedAsync(stopping);
        await _rig.ActivateAsync(live);
        await InputBindingsRig.RunningAsync(input, 1);
    }

    [Fact]
    public async Task Handover_StopsTheOldOneFirst_AndTheOldOneCanComeBack()
    {
        await _rig.StartedAsync();
        var (old, next) = (new ScriptedInput(), new ScriptedInput { OnRead = (_, _, _) => throw new ComponentException("no") });
        var (oldLive, nextLive) = (InputBindingsRig.Live(old), InputBindingsRig.Live(next));
        await _rig.ActivateAsync(oldLive);
        await InputBindingsRig.RunningAsync(old, 1);

        await _rig.Inputs.DeactivateAsync(oldLive);
        Assert.Equal(0, old.Running);
        await Assert.ThrowsAsync<ComponentException>(() => _rig.Inputs.ActivateAsync(nextLive, Cancel));
        await _rig.ActivateAsync(oldLive);

        await InputBindingsRig.RunningAsync(old, 1);
        Assert.Equal((2, 0), (old.Begun, next.Running));
    }

    [Fact]
    public async Task Stop_WaitsForTheDeliveryUnderWay()
    {
        using var release = new SemaphoreSlim(0);
        _rig.App.Script = async (request, cancellationToken) =>
        {
            await (request.Method == "POST" ? release.WaitAsync(cancellationToken) : Task.CompletedTask);
            return AppReply.Ok;
        };
        DeliveryResult? result = null;
        var input = new ScriptedInput { OnRead = async (_, handler, _) => result = await handler(new BindingEvent(), CancellationToken.None) };
        await _rig.StartAsync(input);
        await _rig.App.WaitAsync(1, "POST", "/queue", Cancel);

        var stop = _rig.Inputs.StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        release.Release();
        await stop.WaitAsync(InputBindingsRig.Limit, TimeProvider.System, Cancel);

        Assert.True(result?.IsDelivered);
        await _rig.ActivateAsync(InputBindingsRig.Live(input));
        Assert.Equal(1, input.Begun);
    }

    [Fact]
    public async Task Stop_AtItsLimit_CutsTheDeliveryOff_WhichIsNoSuccess()
    {
        _rig.App.Script = (request, cancellationToken) => request.Method == "POST" ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        DeliveryResult? result = null;
        var input = new ScriptedInput { OnRead = async (_, handler, _) => result = await handler(new BindingEvent(), CancellationToken.None) };
        await _rig.StartAsync(input);
        await _rig.App.WaitAsync(1, "POST", "/queue", Cancel);
        using var cut = new CancellationTokenSource();
        var stop = _rig.Inputs.StopAsync(cut.Token);
        await cut.CancelAsync();
        await stop.WaitAsync(InputBindingsRig.Limit, TimeProvider.System, Cancel);

        Assert.Equal(DeliveryOutcome.Unreachable, result?.Outcome);
        Assert.Contains("Warning: binding 'queue': deliveries under way were cut off", _rig.Log.Messages);
    }

    [Fact]
    public async Task Stop_WhileAReloadReplacesTheBinding_WaitsForItsDelivery_AndCutsItAtTheLimit()
    {
        _rig.App.Script = (request, cancellationToken) => request.Method == "POST" ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        DeliveryResult? result = null;
        var live = InputBindingsRig.Live(new ScriptedInput { OnRead = async (_, handler, _) => result = await handler(new BindingEvent(), CancellationToken.None) });
        await _rig.Inputs.ActivateAsync(live, Cancel);
        _rig.Inputs.Start();
        await _rig.App.WaitAsync(1, "POST", "/queue", Cancel);
        var leaving = _rig.Inputs.DeactivateAsync(live);
        using var cut = new CancellationTokenSource();

        var stop = _rig.Inputs.StopAsync(cut.Token);
        Assert.False(stop.IsCompleted);
        Assert.False(leaving.IsCompleted);
        await cut.CancelAsync();
        await Task.WhenAll(stop, leaving).WaitAsync(InputBindingsRig.Limit, TimeProvider.System, Cancel);

        Assert.Equal(DeliveryOutcome.Unreachable, result?.Outcome);
    }

    [Fact]
    public async Task OtherComponents_AreLeftAlone()
    {
        await _rig.StartedAsync();
        var output = InputBindingsRig.Live(new FakeBinding());

        await _rig.Inputs.ActivateAsync(output, Cancel);
        await _rig.Inputs.DeactivateAsync(output);

        Assert.Empty(_rig.App.Of("OPTIONS", "/queue"));
    }

    private static async Task ReadOneAsync(int number, BindingHandler handler, CancellationToken stopping)
    {
        await handler(new BindingEvent { Data = Encoding.UTF8.GetBytes("event") }, CancellationToken.None);
        await ScriptedInput.StoppedAsync(stopping);
    }
}
