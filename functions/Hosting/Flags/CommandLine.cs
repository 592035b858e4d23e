namespace Serverless.Functions.Hosting.Flags;

/// <summary>The command line, taken apart.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly List<string> _arguments = [];

    private CommandLine()
    {
    }

    /// <summary>What is no flag, in order.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>Takes it apart by pflag's rules, with single dashes allowed.</summary>
    /// <exception cref="FlagException">A flag is unknown, lacks its value, or has one that does not fit.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args) => Parse(args, FlagTable.Find);

    /// <summary>Takes it apart by the flags that <paramref name="find"/> knows.</summary>
    /// <exception cref="FlagException">A flag is unknown, lacks its value, or has one that does not fit.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args, Func<string, Flag?> find)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            var text = args[i];
            if (text == "--")
            {
                line._arguments.AddRange(args.Skip(i + 1));
                break;
            }

            if (text.Length < 2 || text[0] != '-')
            {
                line._arguments.Add(text);
                continue;
            }

            var equals = text.IndexOf('=');
            var name = (equals < 0 ? text : text[..equals]).TrimStart('-');
            var flag = find(name) ?? throw new FlagException($"unknown flag {(equals < 0 ? text : text[..equals])}; --help lists all");
            if (equals >= 0)
            {
                line.Add(flag, text[(equals + 1)..]);
            }
            else if (flag.IsSwitch)
            {
                line.Add(flag, "true");
            }
            else if (++i < args.Count)
            {
                line.Add(flag, args[i]);
            }
            else
            {
                throw new FlagException($"{flag.Spelling} needs a value");
            }
        }

        return line;
    }

    /// <summary>The flag's values in order, or null when it is not given.</summary>
    public IReadOnlyList<string>? Find(Flag flag) => _values.GetValueOrDefault(flag.Name);

    /// <summary>Whether a command flag is given.</summary>
    public bool Has(Flag command) => Find(command) is [.., var last] && FlagText.TryParseSwitch(last, out var on) && on;

    private void Add(Flag flag, string value)
    {
        if (flag.Fault(value) is { } fault)
        {
            throw new FlagException($"{flag.Spelling}: '{value}' {fault}");
        }

        if (!_values.TryGetValue(flag.Name, out var values))
        {
            _values[flag.Name] = values = [];
        }

        values.Add(value);
    }
}
