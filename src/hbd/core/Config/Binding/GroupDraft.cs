using System.Collections.Generic;
using Hbd.Core.Config.Toml;

namespace Hbd.Core.Config.Binding;

internal sealed record GroupDraft(
    TomlPosition At, string Name, int Preferred, Require Require, TomlPosition RequireAt, List<ResourceDraft> Resources);
