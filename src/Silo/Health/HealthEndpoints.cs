namespace KvOrleans.Silo.Health;

/// <summary><c>/healthz</c>: the process works. <c>/readyz</c>: it has joined its cluster, the data plane is open, and registers are served or it has waited for that, and it was not told to stop.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok\n"));
        routes.MapGet("/readyz", (Readiness readiness) => readiness.WhyNot() is { } reason ? NotReady(reason) : Results.Text("ready\n"));
    }

    private static IResult NotReady(string reason) => Results.Text($"not ready: {reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
