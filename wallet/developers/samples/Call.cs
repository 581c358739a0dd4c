// Sign and send a POST with a body, then a GET without one.
using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

public static class Call
{
    static readonly HttpClient Client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };

    static string Setting(string name) => Environment.GetEnvironmentVariable(name);

    static string Sign(byte[] body, string timestamp)
    {
        byte[] end = Encoding.UTF8.GetBytes("|" + timestamp);
        byte[] text = new byte[body.Length + end.Length];
        body.CopyTo(text, 0);
        end.CopyTo(text, body.Length);
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Setting("SECRET_KEY"))))
        {
            return BitConverter.ToString(hmac.ComputeHash(text)).Replace("-", "").ToLowerInvariant();
        }
    }

    static async Task<string> Send(HttpMethod method, string path, byte[] body)
    {
        string timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString();
        using (var request = new HttpRequestMessage(method, Setting("BASE_URL") + path))
        {
            request.Headers.Add("x-api-key", Setting("AUTH_KEY"));
            request.Headers.Add("x-timestamp", timestamp);
            request.Headers.Add("x-signature", Sign(body, timestamp));
            if (body.Length > 0)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }
            using (HttpResponseMessage answer = await Client.SendAsync(request))
            {
                return await answer.Content.ReadAsStringAsync();
            }
        }
    }

    public static void Main()
    {
        // The text that your JSON library writes: serialise once, sign its bytes, and send the same bytes.
        string body = "{\"playerId\":\"" + Setting("PLAYER_ID") + "\",\"currency\":\"EUR\"}";
        Console.WriteLine(Send(HttpMethod.Post, "/wallet/balance", Encoding.UTF8.GetBytes(body)).Result);
        Console.WriteLine(Send(HttpMethod.Get, "/game/list?page=1", new byte[0]).Result);
    }
}
