using System.IO;
using Xunit;

namespace Hbd.Sys.Tests.Support;

/// <summary>A test that compiles C; skipped by name where there is no compiler.</summary>
internal sealed class CompilerFactAttribute : FactAttribute
{
    public const string Compiler = "/usr/bin/cc";

    public CompilerFactAttribute()
    {
        if (!File.Exists(Compiler))
        {
            Skip = "needs " + Compiler;
        }
    }
}
