//! Limits: what a peer may take of size, time and room.
#![allow(clippy::unwrap_used)]

mod harness;

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use harness::{BOTH, PATIENCE, WORLD, client, connect, start, until};
use tokio::io::AsyncReadExt as _;

const GET: &str = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

#[tokio::test]
async fn a_body_too_large_by_its_length_is_refused_before_it_is_read() {
    let server = start(|config| config.limits.body_bytes = 1000).await;
    let mut conn = server.connect(None).await;
    let reply = conn.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n").await;
    assert_eq!((reply.status, reply.body.as_str()), (413, "refused: body-too-large"));
    let mut conn = server.connect(None).await;
    let exactly = format!("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n{}", "x".repeat(1000));
    assert_eq!(conn.ask(exactly).await.status, 200);
    assert_eq!(server.metric("kapia_http_refusals_total{reason=\"body-too-large\"}").await, 1);
}

/// A server that closes with unread octets resets the connection, and the answer is lost.
#[tokio::test]
async fn a_client_that_sends_all_of_a_refused_body_first_still_reads_why() {
    let server = start(|config| config.limits.body_bytes = 1000).await;
    for _ in 0..5 {
        let mut conn = server.connect(None).await;
        let size = 8 * 1024 * 1024;
        conn.send(format!("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n")).await;
        let piece = vec![b'x'; 64 * 1024];
        for _ in 0..size / piece.len() {
            conn.send(&piece).await;
        }
        assert_eq!(conn.reply().await.unwrap().status, 413);
    }
}

#[tokio::test]
async fn a_body_that_grows_too_large_is_refused_while_it_streams() {
    let server = start(|config| config.limits.body_bytes = 1000).await;
    let mut conn = server.connect(None).await;
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    for _ in 0..11 {
        conn.send(format!("64\r\n{}\r\n", "x".repeat(100))).await;
    }
    let reply = conn.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (413, "refused: body-too-large"));
    conn.assert_closed().await;
    assert_eq!(server.stage.begun.load(SeqCst), 0);
    assert_eq!(server.metric("kapia_http_bodies_bytes").await, 0);
}

#[tokio::test]
async fn bodies_beyond_the_common_room_are_refused_and_the_room_is_given_back() {
    let server = start(|config| config.limits.bodies_bytes = 1000).await;
    let post = |path: &str, size: usize| {
        format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n{}", "x".repeat(size))
    };
    let mut first = server.connect(None).await;
    first.send(post("/hold", 800)).await;
    until("the first call begins", || server.stage.begun.load(SeqCst) == 1).await;
    let mut second = server.connect(None).await;
    let reply = second.ask(post("/x", 300)).await;
    assert_eq!((reply.status, reply.body.as_str()), (503, "refused: overloaded"));
    server.stage.release.notify_one();
    assert_eq!(first.reply().await.unwrap().status, 200);
    let mut third = server.connect(None).await;
    assert_eq!(third.ask(post("/x", 900)).await.status, 200);
}

#[tokio::test]
async fn strangers_cannot_take_the_room_of_consumers() {
    let server = start(|config| {
        config.limits.bodies_bytes = 10_000;
        config.limits.strangers_bodies_bytes = 1000;
    })
    .await;
    let post = |path: &str, size: usize| {
        format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n{}", "x".repeat(size))
    };
    let mut stranger = server.connect(None).await;
    stranger.send(post("/hold", 800)).await;
    until("the stranger's call begins", || server.stage.begun.load(SeqCst) == 1).await;
    let mut second = server.connect(Some(&WORLD.foreign.consumer)).await;
    let reply = second.ask(post("/x", 300)).await;
    assert_eq!((reply.status, reply.body.as_str()), (503, "refused: overloaded"));
    let mut consumer = server.connect(Some(&WORLD.ours.consumer)).await;
    assert_eq!(consumer.ask(post("/x", 5000)).await.status, 200);
    server.stage.release.notify_one();
    assert_eq!(stranger.reply().await.unwrap().status, 200);
    assert_eq!(server.metric("kapia_http_strangers_bodies_bytes").await, 0);
    assert_eq!(server.metric("kapia_http_bodies_bytes").await, 0);
}

#[tokio::test]
async fn a_body_that_stops_is_refused_in_words() {
    let server = start(|config| config.limits.body_grace_seconds = 1).await;
    let mut conn = server.connect(None).await;
    let began = Instant::now();
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc").await;
    let reply = conn.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (408, "refused: body-too-slow"));
    assert!((1..4).contains(&began.elapsed().as_secs()));
    conn.assert_closed().await;
}

#[tokio::test]
async fn a_body_that_trickles_is_refused_although_it_never_stops() {
    let server = start(|config| {
        config.limits.body_grace_seconds = 1;
        config.limits.body_bytes_per_second = 1000;
    })
    .await;
    let mut conn = server.connect(None).await;
    let began = Instant::now();
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n").await;
    while began.elapsed() < Duration::from_secs(2) && conn.try_send("x").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(conn.reply().await.unwrap().status, 408);
}

#[tokio::test]
async fn a_body_has_an_end_in_time_however_fast_it_is() {
    let server = start(|config| config.limits.body_seconds = 1).await;
    let mut conn = server.connect(None).await;
    let began = Instant::now();
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n").await;
    while began.elapsed() < Duration::from_secs(2) && conn.try_send([b'x'; 20_000]).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(conn.reply().await.unwrap().status, 408);
}

#[tokio::test]
async fn a_body_cut_short_is_not_a_request() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc").await;
    drop(conn);
    for _ in 0..200 {
        if server.metric("kapia_http_incomplete_total").await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.metric("kapia_http_incomplete_total").await, 1);
    assert_eq!(server.stage.begun.load(SeqCst), 0);
    assert_eq!(server.metric("kapia_http_requests_in_flight").await, 0);
}

#[tokio::test]
async fn a_head_that_dribbles_is_given_up_although_octets_keep_coming() {
    let server = start(|config| config.limits.header_seconds = 1).await;
    let mut conn = server.connect(None).await;
    // A first request, so that the time of the second head is counted from its own first octet.
    assert_eq!(conn.ask(GET).await.status, 200);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let began = Instant::now();
    conn.send("GET /x HTTP/1.1\r\n").await;
    while conn.try_send("X-More: x\r\n").await.is_ok() && began.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!((1..4).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(server.metric("kapia_connections_timed_out_total{waiting_for=\"head\"}").await, 1);
}

#[tokio::test]
async fn a_resting_connection_is_closed_after_its_time_and_a_working_one_is_not() {
    let server = start(|config| config.limits.idle_seconds = 1).await;
    let mut silent = server.connect(None).await;
    let mut resting = server.connect(None).await;
    let mut working = server.connect(None).await;
    working.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n").await;
    for _ in 0..4 {
        assert_eq!(resting.ask(GET).await.status, 200);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    silent.assert_closed().await;
    resting.assert_closed().await;
    server.stage.release.notify_one();
    assert_eq!(working.reply().await.unwrap().status, 200);
    working.assert_closed().await;
    assert_eq!(server.metric("kapia_connections_timed_out_total{waiting_for=\"idle\"}").await, 3);
}

#[tokio::test]
async fn a_peer_that_does_not_take_its_answer_is_cut_and_a_slow_one_is_not() {
    let server = start(|config| {
        config.limits.write_seconds = 1;
        config.limits.idle_seconds = 1;
    })
    .await;
    let mut stuck = server.connect(None).await;
    stuck.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut slow = server.connect(None).await;
    slow.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n").await;
    let mut total = 0;
    let mut piece = vec![0; 1024 * 1024];
    let began = Instant::now();
    while total < 32 * 1024 * 1024 {
        total += slow.stream.read(&mut piece).await.unwrap();
        if began.elapsed() < Duration::from_secs(3) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    until("the stuck one is cut", || server.stage.ended.load(SeqCst) == 2).await;
    assert_eq!(server.metric("kapia_connections_timed_out_total{waiting_for=\"write\"}").await, 1);
}

#[tokio::test]
async fn heads_beyond_the_limits_are_refused() {
    let server = start(|config| {
        config.limits.headers = 10;
        config.limits.header_bytes = 2000;
    })
    .await;
    let many = "X: y\r\n".repeat(11);
    let long = format!("X: {}\r\n", "y".repeat(3000));
    for lines in [many, long] {
        let mut conn = server.connect(None).await;
        let reply = conn.ask(format!("GET /x HTTP/1.1\r\nHost: h\r\n{lines}\r\n")).await;
        assert_eq!(reply.status, 431);
        conn.assert_closed().await;
    }
    let mut endless = server.connect(None).await;
    while endless.try_send("X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").await.is_ok() {}
    assert_eq!(server.stage.begun.load(SeqCst), 0);
}

#[tokio::test]
async fn connections_beyond_the_limits_are_turned_away_and_places_are_given_back() {
    let server = start(|config| {
        config.limits.connections = 3;
        config.limits.connections_per_address = 2;
    })
    .await;
    let mut first = server.connect(None).await;
    let mut second = server.connect(None).await;
    assert_eq!(first.ask(GET).await.status, 200);
    assert_eq!(second.ask(GET).await.status, 200);
    let third = connect(server.address, &client(None, BOTH)).await;
    assert!(third.is_err());
    assert_eq!(server.metric("kapia_connections_turned_away_total{limit=\"connections-per-address\"}").await, 1);
    drop(first);
    let began = Instant::now();
    loop {
        match connect(server.address, &client(None, BOTH)).await {
            Ok(mut conn) => break assert_eq!(conn.ask(GET).await.status, 200),
            Err(_) => assert!(began.elapsed() < PATIENCE),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_connection_ends_as_soon_as_its_peer_closes() {
    let server = start(|_| {}).await;
    let mut used = server.connect(None).await;
    assert_eq!(used.ask(GET).await.status, 200);
    let fresh = server.connect(None).await;
    let mut half = server.connect(None).await;
    half.send("GET /x HTTP/1.1\r\nHo").await;
    assert_eq!(server.metric("kapia_connections_open").await, 3);
    drop((used, fresh, half));
    let began = Instant::now();
    while server.metric("kapia_connections_open").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
