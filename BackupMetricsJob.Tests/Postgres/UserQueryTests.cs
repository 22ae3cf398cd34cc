using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>Where the user's statement ends.</summary>
public sealed class UserQueryTests
{
    [Theory]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData("SELECT 1;", "SELECT 1")]
    [InlineData("SELECT 1 ; ;\n", "SELECT 1 ")]
    [InlineData("SELECT 1; -- nightly; really", "SELECT 1")]
    [InlineData("SELECT 1; /* a /* b */ c; */ ", "SELECT 1")]
    [InlineData("-- a;\nSELECT 1 -- b;", "-- a;\nSELECT 1 -- b;")]
    [InlineData("/* ; */ SELECT 1", "/* ; */ SELECT 1")]
    [InlineData("SELECT ';', 'it''s;', \"a;b\";", "SELECT ';', 'it''s;', \"a;b\"")]
    [InlineData(@"SELECT E'\';'; ", @"SELECT E'\';'")]
    [InlineData("SELECT $$;$$, $a$ ; $$ ; $a$;", "SELECT $$;$$, $a$ ; $$ ; $a$")]
    [InlineData("SELECT a$1;", "SELECT a$1")]
    [InlineData("SELECT 1 - 2 / 3;", "SELECT 1 - 2 / 3")]
    public void A_semicolon_at_the_end_is_left_out(string text, string statement) => Assert.Equal(statement, UserQuery.Single(text));

    [Theory]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("COMMIT; DROP TABLE a;")]
    [InlineData("SELECT ''; DELETE FROM a -- ';")]
    [InlineData("SELECT $$a$$; SELECT $$b$$")]
    [InlineData("SELECT 1; ) x; DELETE FROM a; SELECT (1")]
    public void Several_statements_are_seen(string text) => Assert.Null(UserQuery.Single(text));

    [Theory]
    [InlineData("", true)]
    [InlineData(" \r\n\t;; ", true)]
    [InlineData("-- SELECT 1", true)]
    [InlineData("/* a /* SELECT 1 */ b */ ; -- c\n", true)]
    [InlineData("/* a */ b */", false)]
    [InlineData("-- a\nSELECT 1", false)]
    [InlineData("'-- a'", false)]
    public void A_text_without_a_statement_asks_nothing(string text, bool isNothing) =>
        Assert.Equal(isNothing, UserQuery.AsksNothing(text));
}
