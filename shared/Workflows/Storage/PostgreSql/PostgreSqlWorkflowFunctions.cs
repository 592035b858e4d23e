namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>The changes of an instance, as functions of the server: one call is one round trip and one transaction.</summary>
/// <remarks>
/// Each locks the instance's row before it looks at anything else of the instance; what it then reads is as of after the lock, because a
/// volatile function takes a new view for each of its statements. Claims take only the rows of items, and skip those that are locked.
/// Whole tables are never walked: a plan that was made and kept while the tables were small would stay for a while.
/// </remarks>
internal static class PostgreSqlWorkflowFunctions
{
    /// <summary>What a turn that lost one of its items says; the server then undoes all of it.</summary>
    public const string WorkLost = "SDWL1";

    private const string Ended = "IN (1, 3, 4, 5)";

    /// <summary>The functions' texts, in the order of their creation.</summary>
    public static string[] Create(PostgreSqlWorkflowTables tables) =>
        [EnsureTurn(tables), Clear(tables), CreateInstance(tables), Append(tables), Commit(tables), Complete(tables), Purge(tables)];

    // True when the item is the asking session's afterwards. A claim may take it meanwhile, and then has it.
    private static string EnsureTurn(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("ensure_turn")}(the_app bigint, the_number bigint, the_name text, asked uuid, moment bigint)
        RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          present uuid;
          taker uuid;
        BEGIN
          SELECT owner INTO present FROM {tables.Work} WHERE instance = the_number AND id = '{WorkItem.TurnId}';
          IF FOUND AND (present IS NOT NULL OR asked IS NULL) THEN
            RETURN coalesce(present = asked, false);
          END IF;
          SELECT id INTO taker FROM {tables.Sessions} WHERE app = the_app AND id = asked;
          INSERT INTO {tables.Work} AS w (instance, id, app, kind, is_activity, name, due, owner, content)
          VALUES (the_number, '{WorkItem.TurnId}', the_app, {(int)WorkKind.Turn}, false, the_name, moment, taker, ''::bytea)
          ON CONFLICT (instance, id) DO UPDATE SET owner = excluded.owner WHERE w.owner IS NULL AND excluded.owner IS NOT NULL;
          RETURN FOUND AND taker IS NOT NULL;
        END $$
        """;

    private static string Clear(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("clear")}(the_app bigint, the_number bigint, the_id text, kept text[])
        RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
        BEGIN
          DELETE FROM {tables.History} WHERE instance = the_number;
          DELETE FROM {tables.Inbox} WHERE instance = the_number;
          DELETE FROM {tables.Work} WHERE instance = the_number AND kind <> {(int)WorkKind.Message};
          DELETE FROM {tables.Payloads} WHERE app = the_app AND instance = the_id
            AND NOT EXISTS (SELECT 1 FROM unnest(kept) AS k (beginning) WHERE left(key, length(k.beginning)) = k.beginning);
        END $$
        """;

    // True when it was created, now or before.
    private static string CreateInstance(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("create")}(
          the_app bigint, the_id text, the_name text, the_execution text, the_version bigint, the_status smallint, creation bigint, updated bigint,
          the_start bytea, the_outcome bytea, message text, message_execution text, the_event bytea, asked uuid, the_due bigint,
          kept text[])
        RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          the_number bigint;
          present record;
        BEGIN
          LOOP
            INSERT INTO {tables.Instances} (app, id, name, execution, version, status, created_at, updated_at, created_by, start, outcome)
            VALUES (the_app, the_id, the_name, the_execution, the_version, the_status, creation, updated, message, the_start, the_outcome)
            ON CONFLICT (app, id) DO NOTHING RETURNING number INTO the_number;
            EXIT WHEN FOUND;
            SELECT number, status, created_by INTO present FROM {tables.Instances} WHERE app = the_app AND id = the_id FOR NO KEY UPDATE;
            CONTINUE WHEN NOT FOUND;
            IF present.created_by = message THEN
              RETURN true;
            ELSIF present.status NOT {Ended} THEN
              RETURN false;
            END IF;
            the_number := present.number;
            PERFORM {tables.Function("clear")}(the_app, the_number, the_id, kept);
            UPDATE {tables.Instances} SET name = the_name, execution = the_execution, version = the_version, status = the_status, created_at = creation,
              updated_at = updated, created_by = message, start = the_start, outcome = the_outcome WHERE number = the_number;
            EXIT;
          END LOOP;
          INSERT INTO {tables.Inbox} (instance, id, execution, event) VALUES (the_number, message, message_execution, the_event);
          INSERT INTO {tables.Work} (instance, id, app, kind, is_activity, name, due, owner, content)
          VALUES (the_number, '{WorkItem.TurnId}', the_app, {(int)WorkKind.Turn}, false, the_name, the_due,
            (SELECT id FROM {tables.Sessions} WHERE app = the_app AND id = asked), ''::bytea)
          ON CONFLICT (instance, id) DO NOTHING;
          RETURN true;
        END $$
        """;

    // 0: no such instance; 1: dropped; 2: appended; 3: and the turn item is the asking session's.
    private static string Append(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("append")}(
          the_app bigint, the_id text, message text, message_execution text, the_event bytea, asked uuid, moment bigint)
        RETURNS integer LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          present record;
        BEGIN
          SELECT number, status, execution, name INTO present FROM {tables.Instances} WHERE app = the_app AND id = the_id FOR NO KEY UPDATE;
          IF NOT FOUND THEN
            RETURN 0;
          ELSIF present.status {Ended} OR message_execution <> present.execution THEN
            RETURN 1;
          END IF;
          INSERT INTO {tables.Inbox} (instance, id, execution, event) VALUES (present.number, message, message_execution, the_event)
          ON CONFLICT (instance, id) DO NOTHING;
          RETURN CASE WHEN {tables.Function("ensure_turn")}(the_app, present.number, present.name, asked, moment) THEN 3 ELSE 2 END;
        END $$
        """;

    // 0: a conflict; 1: committed; 2: and the inbox is not empty. The start comes only where the history begins anew.
    private static string Commit(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("commit")}(
          the_app bigint, the_id text, expected_execution text, the_name text, the_execution text, the_version bigint, the_status smallint, updated bigint,
          the_outcome bytea, the_start bytea, ends boolean, asked uuid, moment bigint, chunks bytea[], consumed text[], completed text[], cancelled text[],
          ids text[], kinds smallint[], names text[], dues bigint[], owners uuid[], contents bytea[])
        RETURNS integer LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          the_number bigint;
          removed bigint;
          has_more boolean;
        BEGIN
          SELECT number INTO the_number FROM {tables.Instances}
          WHERE app = the_app AND id = the_id AND version = the_version - 1 AND execution = expected_execution FOR NO KEY UPDATE;
          IF NOT FOUND THEN
            RETURN 0;
          END IF;
          IF cardinality(completed) > 0 THEN
            DELETE FROM {tables.Work} WHERE instance = the_number AND id = ANY (completed) AND owner = asked;
            GET DIAGNOSTICS removed = ROW_COUNT;
            IF removed <> cardinality(completed) THEN
              RAISE EXCEPTION 'an item is gone' USING ERRCODE = '{WorkLost}';
            END IF;
          END IF;
          UPDATE {tables.Instances} SET name = the_name, execution = the_execution, version = the_version, status = the_status, updated_at = updated,
            outcome = the_outcome, start = coalesce(the_start, start) WHERE number = the_number;
          IF cardinality(cancelled) > 0 THEN
            DELETE FROM {tables.Work} WHERE instance = the_number AND id = ANY (cancelled);
          END IF;
          IF cardinality(consumed) > 0 THEN
            DELETE FROM {tables.Inbox} WHERE instance = the_number AND id = ANY (consumed);
          END IF;
          IF the_start IS NOT NULL THEN
            DELETE FROM {tables.History} WHERE instance = the_number;
            DELETE FROM {tables.Inbox} WHERE instance = the_number AND execution <> the_execution;
          END IF;
          IF ends THEN
            DELETE FROM {tables.Inbox} WHERE instance = the_number;
          END IF;
          IF ends OR the_start IS NOT NULL THEN
            DELETE FROM {tables.Work} WHERE instance = the_number AND kind IN ({(int)WorkKind.Activity}, {(int)WorkKind.Timer});
          END IF;
          IF cardinality(chunks) > 0 THEN
            INSERT INTO {tables.History} (instance, version, chunk, events)
            SELECT the_number, the_version, c.place, c.events FROM unnest(chunks) WITH ORDINALITY AS c (events, place);
          END IF;
          has_more := EXISTS (SELECT 1 FROM {tables.Inbox} WHERE instance = the_number);
          IF has_more THEN
            PERFORM {tables.Function("ensure_turn")}(the_app, the_number, the_name, asked, moment);
          ELSE
            DELETE FROM {tables.Work} WHERE instance = the_number AND id = '{WorkItem.TurnId}';
          END IF;
          IF cardinality(ids) > 0 THEN
            INSERT INTO {tables.Work} (instance, id, app, kind, is_activity, name, due, owner, content)
            SELECT the_number, n.id, the_app, n.kind, n.kind = {(int)WorkKind.Activity}, n.name, n.due, s.id, n.content
            FROM unnest(ids, kinds, names, dues, owners, contents) AS n (id, kind, name, due, owner, content)
            LEFT JOIN {tables.Sessions} AS s ON s.app = the_app AND s.id = n.owner
            ON CONFLICT (instance, id) DO NOTHING;
          END IF;
          RETURN CASE WHEN has_more THEN 2 ELSE 1 END;
        END $$
        """;

    // False when the item is gone or someone else's.
    private static string Complete(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("complete")}(
          the_app bigint, the_id text, work text, asked uuid, message text, message_execution text, the_event bytea, moment bigint)
        RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          present record;
        BEGIN
          SELECT number, status, execution, name INTO present FROM {tables.Instances} WHERE app = the_app AND id = the_id FOR NO KEY UPDATE;
          IF NOT FOUND THEN
            RETURN false;
          END IF;
          DELETE FROM {tables.Work} WHERE instance = present.number AND id = work AND owner = asked;
          IF NOT FOUND THEN
            RETURN false;
          END IF;
          IF message IS NOT NULL AND present.status NOT {Ended} AND coalesce(message_execution = present.execution, true) THEN
            INSERT INTO {tables.Inbox} (instance, id, execution, event) VALUES (present.number, message, message_execution, the_event)
            ON CONFLICT (instance, id) DO NOTHING;
            PERFORM {tables.Function("ensure_turn")}(the_app, present.number, present.name, asked, moment);
          END IF;
          RETURN true;
        END $$
        """;

    // False when the instance is another version or has messages on their way.
    private static string Purge(PostgreSqlWorkflowTables tables) => $"""
        CREATE OR REPLACE FUNCTION {tables.Function("purge")}(the_app bigint, the_id text, the_version bigint)
        RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
        DECLARE
          present record;
        BEGIN
          SELECT number, version INTO present FROM {tables.Instances} WHERE app = the_app AND id = the_id FOR UPDATE;
          IF NOT FOUND THEN
            RETURN true;
          ELSIF present.version <> the_version
            OR EXISTS (SELECT 1 FROM {tables.Work} WHERE instance = present.number AND kind = {(int)WorkKind.Message}) THEN
            RETURN false;
          END IF;
          PERFORM {tables.Function("clear")}(the_app, present.number, the_id, ARRAY[]::text[]);
          DELETE FROM {tables.Instances} WHERE number = present.number;
          RETURN true;
        END $$
        """;
}
