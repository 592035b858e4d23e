using System.Runtime.Versioning;

// Servers that tests start are watched through /proc and stopped with POSIX signals.
[assembly: SupportedOSPlatform("linux")]
