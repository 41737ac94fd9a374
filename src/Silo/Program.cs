using KvOrleans.Silo;

return await SiloProgram.RunAsync(args);
