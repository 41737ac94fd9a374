using System.Text;
using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Tests.Connections;

public sealed class SiloErrorTests
{
    [Theory]
    [InlineData("OOM out of space", SiloErrorKind.OutOfSpace, "OOM", 0)]
    [InlineData("BUSY", SiloErrorKind.Busy, "BUSY", 0)]
    [InlineData("TRYAGAIN later", SiloErrorKind.TryAgain, "TRYAGAIN", 0)]
    [InlineData("NOREPLICAS one", SiloErrorKind.NotReplicated, "NOREPLICAS", 0)]
    [InlineData("UNKNOWN it may be", SiloErrorKind.Unknown, "UNKNOWN", 0)]
    [InlineData("NOTOWNER 12", SiloErrorKind.Moved, "NOTOWNER", 12)]
    [InlineData("NOTOWNER", SiloErrorKind.Moved, "NOTOWNER", 0)]
    [InlineData("NOTOWNERX 12", SiloErrorKind.Refused, "NOTOWNERX 12", 0)]
    [InlineData("ERR unknown command 'GETT', with args beginning with: 'secret'", SiloErrorKind.Refused, "ERR unknown command ", 0)]
    [InlineData("", SiloErrorKind.Refused, "", 0)]
    internal void Read_Text_SaysWhatItMeansWithoutArguments(string text, SiloErrorKind kind, string logged, long mapId) =>
        Assert.Equal(new SiloError(kind, logged, mapId), SiloError.Read(Encoding.UTF8.GetBytes(text)));
}
