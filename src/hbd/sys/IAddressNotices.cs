namespace Hbd.Sys;

/// <summary>Told what the kernel announces about addresses and interfaces. On the loop thread; must not
/// block.</summary>
public interface IAddressNotices
{
    void OnAddress(bool removed, in AddressEntry entry, long nowNs);

    void OnLink(bool removed, in LinkInfo link, long nowNs);

    /// <summary>Notices were lost (ENOBUFS): nothing that was believed about addresses is certain any more.</summary>
    void OnOverrun(long nowNs);
}
