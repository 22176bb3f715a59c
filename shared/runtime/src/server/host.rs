//! Whom a request believes to speak to.
//!
//! A page in a browser may have its own name resolved to 127.0.0.1 and then read what a server
//! there answers (DNS rebinding). Its requests come from this machine; only their `Host` tells.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;

/// Whether a request was addressed to this machine as such: to `localhost` or a loopback
/// address, with any port. Without a `Host` (which every browser sends), or with several, it was
/// not.
pub fn is_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(authority) = Authority::try_from(host.as_bytes()) else {
        return false;
    };
    let name = authority.host();
    let literal = name.trim_matches(['[', ']']).parse::<IpAddr>();
    !authority.as_str().contains('@')
        && (name.eq_ignore_ascii_case("localhost") || literal.is_ok_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn addressed_to(hosts: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        is_this_machine(&headers)
    }

    #[test]
    fn this_machine_has_few_names() {
        for host in [
            "localhost",
            "LocalHost:8080",
            "127.0.0.1",
            "127.8.0.1:80",
            "[::1]:8080",
        ] {
            assert!(addressed_to(&[host]), "{host}");
        }
        for host in [
            "",
            "rebound.example",
            "rebound.example:8080",
            "localhost.rebound.example",
            "127.0.0.1.rebound.example",
            "localhost@rebound.example",
            "rebound.example@localhost",
            "192.0.2.1",
            "0.0.0.0:8080",
            "[::2]",
            "localhost localhost",
        ] {
            assert!(!addressed_to(&[host]), "{host}");
        }
        assert!(!addressed_to(&[]));
        assert!(!addressed_to(&["localhost", "localhost"]));
    }
}
