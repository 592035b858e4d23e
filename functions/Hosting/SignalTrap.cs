using System.Runtime.InteropServices;

namespace Serverless.Functions.Hosting;

/// <summary>Turns SIGTERM and SIGINT into a graceful stop, and a second one into an immediate end.</summary>
internal sealed class SignalTrap : IDisposable
{
    private readonly RuntimeLifetime _lifetime;
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;

    /// <summary>Listens until disposed.</summary>
    public SignalTrap(RuntimeLifetime lifetime)
    {
        _lifetime = lifetime;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive), PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive)];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Receive(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) == 1)
        {
            _lifetime.RequestStop(0);
        }
        else
        {
            _lifetime.RequestAbort(1);
        }
    }
}
