namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>The tables. Times are ticks of UTC.</summary>
internal static class PostgreSqlWorkflowLayout
{
    /// <summary>The tables of the first level, but for that of the level itself.</summary>
    public static string Create(PostgreSqlWorkflowTables tables) => $"""
        CREATE TABLE {tables.Apps} (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE {tables.Instances} (
          number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          app bigint NOT NULL,
          id text NOT NULL,
          name text NOT NULL,
          execution text NOT NULL,
          version bigint NOT NULL,
          status smallint NOT NULL,
          created_at bigint NOT NULL,
          updated_at bigint NOT NULL,
          created_by text NOT NULL,
          start bytea NOT NULL,
          outcome bytea NOT NULL,
          UNIQUE (app, id)
        ) WITH (fillfactor = 60);
        CREATE INDEX ON {tables.Instances} (app, created_at, number);
        CREATE TABLE {tables.History} (
          instance bigint NOT NULL,
          version bigint NOT NULL,
          chunk integer NOT NULL,
          events bytea NOT NULL,
          PRIMARY KEY (instance, version, chunk)
        );
        CREATE TABLE {tables.Inbox} (
          number bigint GENERATED ALWAYS AS IDENTITY,
          instance bigint NOT NULL,
          id text NOT NULL,
          execution text,
          event bytea NOT NULL,
          PRIMARY KEY (instance, number),
          UNIQUE (instance, id)
        );
        CREATE TABLE {tables.Work} (
          instance bigint NOT NULL,
          id text NOT NULL,
          app bigint NOT NULL,
          kind smallint NOT NULL,
          is_activity boolean NOT NULL,
          name text NOT NULL,
          due bigint NOT NULL,
          owner uuid,
          told bigint,
          content bytea NOT NULL,
          PRIMARY KEY (instance, id)
        );
        CREATE INDEX ON {tables.Work} (app, is_activity, due, kind) WHERE owner IS NULL;
        CREATE INDEX ON {tables.Work} (app, owner, kind) WHERE owner IS NOT NULL;
        CREATE TABLE {tables.Sessions} (
          app bigint NOT NULL,
          id uuid NOT NULL,
          worker text NOT NULL,
          expires_at bigint NOT NULL,
          PRIMARY KEY (app, id)
        );
        CREATE TABLE {tables.Payloads} (
          app bigint NOT NULL,
          instance text NOT NULL,
          key text NOT NULL,
          payload bytea NOT NULL,
          loose_since bigint,
          PRIMARY KEY (app, instance, key)
        );
        CREATE INDEX ON {tables.Payloads} (app, loose_since) WHERE loose_since IS NOT NULL
        """;
}
