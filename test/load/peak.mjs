// Loaded before a command: says at its end how much memory it ever held.
process.on('exit', () => {
  process.stderr.write(`peak ${Math.ceil(process.resourceUsage().maxRSS / 1024)} MiB\n`)
})
