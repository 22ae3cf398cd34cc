using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog;

/// <summary>Which names are likely to be one that was mistyped.</summary>
public sealed class SimilarNameTests
{
    [Theory]
    [InlineData("orders", "oders", true)]
    [InlineData("orders", "ordres", true)]
    [InlineData("orders", "0rders", true)]
    [InlineData("orders", "Orders", true)]
    [InlineData("orders-eu", "orders_eu", true)]
    [InlineData("orders", "orders.example.org", true)]
    [InlineData("orders", "orders1", true)]
    [InlineData("warehouse", "warheouze", true)]
    [InlineData("db1", "db2", false)]
    [InlineData("db1", "db10", false)]
    [InlineData("pg-00001.db.example", "pg-00002.db.example", false)]
    [InlineData("app", "api", false)]
    [InlineData("db", "pg", false)]
    [InlineData("orders", "billing", false)]
    [InlineData("orders", "border", false)]
    [InlineData("warehouse", "warmhorse", true)]
    [InlineData("warehouse", "warmhorde", false)]
    [InlineData("--", "--", false)]
    public void A_typing_error_is_told_from_another_name(string a, string b, bool are)
    {
        Assert.Equal(are, SimilarNames.Are(a, b));
        Assert.Equal(are, SimilarNames.Are(b, a));
    }
}
