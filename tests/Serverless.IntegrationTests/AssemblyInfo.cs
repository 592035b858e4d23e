using System.Runtime.Versioning;

// The tests look into /proc and send POSIX signals.
[assembly: SupportedOSPlatform("linux")]
