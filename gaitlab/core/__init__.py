"""What every package stands on: processes, plug-ins, the output folder, the cache, and files of other tools."""
