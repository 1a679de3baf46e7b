using System;
using System.IO;
using System.Threading;

namespace Hbd.Agents.Tests.Fencing;

/// <summary>Where a test keeps its devices, their power and their log. A device that was ended may still be writing when it goes.</summary>
internal sealed class DeviceDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hbd-fence-").FullName;

    public void Dispose()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.Delete(Path, true);
                return;
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(10);
            }
        }
    }
}
