namespace Serverless.Functions.Samples;

/// <summary>An order.</summary>
/// <param name="Name">The item.</param>
/// <param name="TotalCost">What it costs in all.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Address">Where to.</param>
internal sealed record OrderPayload(string Name, double TotalCost, int Quantity = 1, string Address = "");
