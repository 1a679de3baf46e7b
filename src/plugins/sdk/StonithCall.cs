using System.Collections.Generic;

namespace Hbd.Plugins.Sdk;

/// <summary>A program to run. Arguments are seen by every user of the machine: no secrets in them.</summary>
/// <param name="Arguments">All of them, the name first.</param>
/// <param name="Environment">NAME=value each.</param>
/// <param name="Input">For its standard input; may be empty.</param>
public sealed record StonithCall(string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Input);
