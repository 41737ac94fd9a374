using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Replication;
using KvOrleans.Silo.DataPlane;

namespace KvOrleans.Silo.Health;

/// <summary><c>/healthz</c>: the process works. <c>/readyz</c>: it has joined its cluster, the data plane is open, and it was not told to stop.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok\n"));
        routes.MapGet("/readyz", (DataPlaneServer dataPlane, IClusterMapSource map, IDrainer drainer) =>
            drainer.State.IsDraining ? NotReady("this silo is draining")
            : !dataPlane.IsOpen ? NotReady("the data plane is not open")
            : !map.Current.Silos.Any(silo => silo.Life == map.Life) ? NotReady("this silo is not in its own cluster map")
            : Results.Text("ready\n"));
    }

    private static IResult NotReady(string reason) => Results.Text($"not ready: {reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
