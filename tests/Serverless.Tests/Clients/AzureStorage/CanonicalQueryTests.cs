using System.Text;
using Serverless.Components.Clients.AzureStorage;

namespace Serverless.Tests.Clients.AzureStorage;

public sealed class CanonicalQueryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?comp=list", "\ncomp:list")]
    [InlineData("?visibilitytimeout=0&messagettl=60", "\nmessagettl:60\nvisibilitytimeout:0")]
    [InlineData("?Prefix=a%20b%2Fc&comp=list", "\ncomp:list\nprefix:a b/c")]
    [InlineData("?include=metadata&include=copy&a=1", "\na:1\ninclude:copy,metadata")]
    [InlineData("?popreceipt=a%2Bb%3D%3D&&flag", "\nflag:\npopreceipt:a+b==")]
    public void Append_Query_IsSortedAndDecoded(string query, string lines)
    {
        var text = new StringBuilder();

        CanonicalQuery.Append(text, query);

        Assert.Equal(lines, text.ToString());
    }

    [Theory]
    [InlineData("?comp=acl&a=1", "?comp=acl")]
    [InlineData("?a=comp", "")]
    [InlineData("", "")]
    public void Component_Query_GivesTheOneThatIsSigned(string query, string component) => Assert.Equal(component, CanonicalQuery.Component(query));
}
