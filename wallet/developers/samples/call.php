<?php
// Sign and send a POST with a body, then a GET without one. Needs the extension curl.

function send(string $method, string $path, ?array $fields = null): string
{
    $body = $fields === null ? '' : json_encode($fields, JSON_THROW_ON_ERROR); // serialise once
    $timestamp = (string) (int) (microtime(true) * 1000); // milliseconds
    $signature = hash_hmac('sha256', $body . '|' . $timestamp, getenv('SECRET_KEY'));
    $call = curl_init(getenv('BASE_URL') . $path);
    curl_setopt_array($call, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 5,
        CURLOPT_HTTPHEADER => [
            'content-type: application/json',
            'x-api-key: ' . getenv('AUTH_KEY'),
            'x-timestamp: ' . $timestamp,
            'x-signature: ' . $signature,
        ],
    ] + ($body === '' ? [] : [CURLOPT_POSTFIELDS => $body]));
    $answer = curl_exec($call);
    if ($answer === false) {
        throw new RuntimeException(curl_error($call));
    }
    return $answer;
}

echo send('POST', '/wallet/balance', ['playerId' => getenv('PLAYER_ID'), 'currency' => 'EUR']), "\n";
echo send('GET', '/game/list?page=1'), "\n";
