using System.Runtime.CompilerServices;

namespace Serverless.Functions.Http;

/// <summary>Parts of the path that the parameters of a route matched, in template order.</summary>
[InlineArray(Capacity)]
internal struct RouteParameters<T>
{
    public const int Capacity = 4;

    private T _first;
}
