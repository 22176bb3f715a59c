//! Spans of the real binary at a receiver on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use crate::process::PATIENCE;
use crate::story::GitHub;

const FINISHED: &str = "\"message\":\"delivery finished\"";

/// A receiver's address, and the spans that it gets.
fn receiver() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, spans) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = BufReader::new(stream.unwrap());
            serve(stream, |body| {
                let sent = &body["resourceSpans"][0];
                for span in sent["scopeSpans"][0]["spans"].as_array().unwrap() {
                    // A test that has what it wants listens no more.
                    let _ = sender.send(span.clone());
                }
            });
        }
    });
    (address, spans)
}

/// Answers every request of a connection.
fn serve(mut stream: BufReader<TcpStream>, taken: impl Fn(Value)) {
    loop {
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        taken(serde_json::from_slice(&body).unwrap());
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        stream.get_mut().write_all(answer).unwrap();
    }
}

/// The end of the process sends what its last seconds brought.
#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_one_trace_at_the_receiver() {
    let (address, spans) = receiver();
    let github = GitHub::start().await;
    let mut server = github.serve_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    github.send_webhooks_to(server.address);
    github.open_pull_request();
    let line: Value = serde_json::from_str(&server.wait_for(FINISHED)).unwrap();
    server.signal("TERM");
    server.wait();
    let delivery = line["delivery.id"].as_str().unwrap();
    let mut missing = vec!["evaluate", "webhook"];
    while !missing.is_empty() {
        let span = spans.recv_timeout(PATIENCE).unwrap();
        assert!(!span.to_string().contains("octo-org"), "{span}");
        // GitHub's greeting is a delivery, too, with a trace of its own.
        if span.to_string().contains(delivery) {
            assert_eq!(span["traceId"], line["trace.id"], "{span}");
            missing.retain(|name| span["name"] != *name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_receiver_work_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let github = GitHub::start().await;
    let mut server = github.serve_with(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    github.send_webhooks_to(server.address);
    github.open_pull_request();
    server.wait_for(FINISHED);
    server.signal("TERM");
    assert!(server.wait().success());
    let log = server.log();
    assert!(
        log.contains("spans are not exported; work goes on"),
        "{log}"
    );
    assert!(log.contains("\"error.code\":\"PM-E801\""), "{log}");
}
