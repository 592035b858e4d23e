namespace Serverless.Backends.KeyVault;

/// <summary>A request that the vault answers with an error.</summary>
internal sealed class VaultRefusalException(int status, string code, string message, string? innerCode = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public string? InnerCode => innerCode;

    public static VaultRefusalException BadParameter(string message) => new(400, "BadParameter", message);

    public static VaultRefusalException Forbidden(string innerCode, string message) => new(403, "Forbidden", message, innerCode);

    public static VaultRefusalException Conflict(string message, string? innerCode = null) => new(409, "Conflict", message, innerCode);
}
