namespace Hbd.Core.Auth;

/// <summary>
/// One shared secret. Both nodes number it alike; the number travels in frames, the secret never leaves.
/// </summary>
public sealed record AuthKey(int Id, byte[] Secret);
