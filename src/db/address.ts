/** Where a database is, as others reach it: as the server does, unless a public host is named, `db.example.com:5432`. */
export function addressOf(url: string, publicHost?: string) {
  const { hostname, port, pathname, searchParams } = new URL(url)
  const named = publicHost === undefined ? undefined : new URL(`postgresql://${publicHost}`)
  const sslmode = searchParams.get('sslmode')
  return {
    host: named?.hostname || hostname || 'localhost',
    port: Number(named?.port || port || 5432),
    database: decodeURIComponent(pathname.slice(1)) || decodeURIComponent(new URL(url).username),
    ...(sslmode !== null && { sslmode }),
  }
}
