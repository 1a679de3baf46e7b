namespace Hbd.Plugins.Sdk;

/// <summary>
/// A kind of fencing device. It is either an <see cref="IStonithProgram"/>, which hbd runs and judges, or an
/// <see cref="IStonithFunction"/>, which is called on a worker; a driver that is neither is a person.
/// </summary>
public interface IStonithDriver
{
    /// <summary>Can this device be told or asked that, as far as is known?</summary>
    bool Can(StonithOperation operation);

    /// <summary>
    /// Checks the parameters without touching anything; null, or what is wrong and what would be right. Secrets have
    /// their name and any value.
    /// </summary>
    string? Validate(StonithRequest request);
}
