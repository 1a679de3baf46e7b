using System.Collections.Generic;

namespace Hbd.Core.Auth;

/// <summary>
/// What authkeys holds: one key signs, all verify. To change the secret without a gap, list old and new on both nodes,
/// then let <c>auth</c> name the new one on both, then drop the old one.
/// </summary>
/// <param name="Keys">In the order of the file; holds the signing key.</param>
public sealed record AuthKeys(int SigningId, IReadOnlyList<AuthKey> Keys);
