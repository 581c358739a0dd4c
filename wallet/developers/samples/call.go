// Sign and send a POST with a body, then a GET without one.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"
)

var client = http.Client{Timeout: 5 * time.Second}

func send(method, path string, body []byte) (string, error) {
	timestamp := strconv.FormatInt(time.Now().UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(os.Getenv("SECRET_KEY")))
	mac.Write(body)
	mac.Write([]byte("|" + timestamp))
	request, err := http.NewRequest(method, os.Getenv("BASE_URL")+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("content-type", "application/json")
	request.Header.Set("x-api-key", os.Getenv("AUTH_KEY"))
	request.Header.Set("x-timestamp", timestamp)
	request.Header.Set("x-signature", hex.EncodeToString(mac.Sum(nil)))
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

func main() {
	fields := map[string]string{"playerId": os.Getenv("PLAYER_ID"), "currency": "EUR"}
	body, err := json.Marshal(fields) // serialise once
	if err != nil {
		log.Fatal(err)
	}
	for _, call := range []struct {
		method, path string
		body         []byte
	}{{"POST", "/wallet/balance", body}, {"GET", "/game/list?page=1", nil}} {
		answer, err := send(call.method, call.path, call.body)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(answer)
	}
}
