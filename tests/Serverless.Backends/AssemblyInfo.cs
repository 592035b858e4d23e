using System.Runtime.Versioning;

// Servers are watched through /proc and stopped with POSIX signals.
[assembly: SupportedOSPlatform("linux")]
