# syntax=docker/dockerfile:1
# The silo, with kvo beside it: docker build -t kvorleans:dev .
ARG DOTNET_IMAGES=mcr.microsoft.com/dotnet
FROM ${DOTNET_IMAGES}/sdk:10.0 AS build
WORKDIR /source
# What is restored changes seldom: it is a layer of its own.
COPY global.json NuGet.config Directory.Build.props Directory.Packages.props ./
COPY src/Directory.Build.props src/
COPY src/Contracts/*.csproj src/Contracts/
COPY src/Wire/*.csproj src/Wire/
COPY src/Storage/*.csproj src/Storage/
COPY src/Grains/*.csproj src/Grains/
COPY src/Client/*.csproj src/Client/
COPY src/Silo/*.csproj src/Silo/
COPY src/Cli/*.csproj src/Cli/
RUN dotnet restore src/Silo && dotnet restore src/Cli
COPY src src
COPY README.md LICENSE ./
RUN dotnet publish src/Silo -c Release --no-restore -o /out/silo \
 && dotnet publish src/Cli -c Release --no-restore -o /out/kvo \
 && rm -rf /out/kvo/silo

# No shell, no package manager, a user without rights. Nothing is written but /tmp, which may be a volume, and the directories of KvOrleans__Disk__Paths: run it with --read-only.
FROM ${DOTNET_IMAGES}/aspnet:10.0-noble-chiseled AS silo
# The managed heap takes a quarter of the container's memory at most (a hexadecimal percentage): half is the arena's, and the rest is for its index and for sockets.
ENV DOTNET_gcServer=1 \
    DOTNET_GCHeapHardLimitPercent=0x19
COPY --from=build /out/kvo /kvo
COPY --from=build /out/silo /app
WORKDIR /app
USER $APP_UID
EXPOSE 6380 8080 11111 30000
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "/app/KvOrleans.Silo.dll"]
