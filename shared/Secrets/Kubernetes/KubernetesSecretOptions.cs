using Serverless.Components.Registry;

namespace Serverless.Components.Secrets.Kubernetes;

/// <summary>Settings of <c>secretstores.kubernetes</c>.</summary>
/// <param name="DefaultNamespace">Holds the secrets when neither the request nor the process names a namespace; null for none.</param>
/// <param name="KubeconfigPath">The kubeconfig to use in place of the pod's own service account; null for none.</param>
internal sealed record KubernetesSecretOptions(string? DefaultNamespace, string? KubeconfigPath)
{
    public static KubernetesSecretOptions Bind(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var options = new KubernetesSecretOptions(binder.Text("defaultNamespace"), binder.Text("kubeconfigPath"));
        binder.ThrowIfFaulty();
        return options;
    }
}
