//! What OpenTelemetry's variables say. As their specification wants it, a value that can't be used
//! is warned about and counts as not set; work goes on without.
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>

use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Scheme, Uri};
use percent_encoding::percent_decode_str;

const DISABLED: &str = "OTEL_SDK_DISABLED";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const TRACES_HEADERS: &str = "OTEL_EXPORTER_OTLP_TRACES_HEADERS";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const TRACES_PROTOCOL: &str = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// What this exporter speaks.
const JSON: &str = "http/json";

/// Where spans go, and as whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// Where requests are sent, path included.
    pub(super) endpoint: Uri,
    /// Sent with every request; their values are marked as sensitive, so that `Debug` shows none.
    pub(super) headers: HeaderMap,
    /// `service.name`.
    pub(super) service: String,
}

/// Reads the variables, and says what of them is not used. `None`: nothing is exported. `service`
/// is the name where no variable has one.
pub(super) fn read(
    service: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> (Option<Settings>, Vec<String>) {
    // By the specification an empty value is none.
    let value = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let first = |names: [&'static str; 2]| {
        let mut found = names
            .into_iter()
            .filter_map(|name| Some((name, value(name)?)));
        found.next()
    };
    let mut warnings = Vec::new();
    let disabled = value(DISABLED).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    let Some((name, text)) = first([TRACES_ENDPOINT, ENDPOINT]).filter(|_| !disabled) else {
        return (None, warnings);
    };
    let whole = name == TRACES_ENDPOINT;
    let endpoint = endpoint(text.trim()).and_then(|uri| if whole { Some(uri) } else { below(uri) });
    let Some(endpoint) = endpoint else {
        warnings.push(format!(
            "no spans are exported: {name} is not http[s]://HOST[:PORT][/PATH], without user and fragment"
        ));
        return (None, warnings);
    };
    if let Some((name, protocol)) = first([TRACES_PROTOCOL, PROTOCOL])
        && protocol.trim() != JSON
    {
        warnings.push(format!(
            "{name} is not {JSON}, which is what is spoken all the same"
        ));
    }
    let headers = first([TRACES_HEADERS, HEADERS])
        .map(|(name, text)| headers(name, &text, &mut warnings))
        .unwrap_or_default();
    let service = value(SERVICE_NAME).unwrap_or_else(|| service.to_owned());
    let settings = Settings {
        endpoint,
        headers,
        service,
    };
    (Some(settings), warnings)
}

/// An address that a request can be sent to.
fn endpoint(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let scheme = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&uri.scheme());
    // A password in an address gets into lines of errors.
    let authority = uri.authority()?;
    let fine = scheme && !authority.as_str().contains('@') && !authority.host().is_empty();
    (fine && !text.contains('#')).then_some(uri)
}

/// Where traces go below the address that is for all signals.
fn below(uri: Uri) -> Option<Uri> {
    let path = format!("{}/v1/traces", uri.path().trim_end_matches('/'));
    if uri.query().is_some() {
        return None;
    }
    let mut parts = uri.into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

/// `name=value,name=value`, values percent-encoded. Warnings number the entries: a malformed one
/// may be all secret.
fn headers(variable: &str, text: &str, warnings: &mut Vec<String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (position, entry) in (1..).zip(text.split(',')) {
        match header(entry) {
            Some((name, value)) => {
                headers.insert(name, value);
            }
            None => warnings.push(format!(
                "entry {position} of {variable} is not used: it is not NAME=VALUE with the value percent-encoded"
            )),
        }
    }
    headers
}

fn header(entry: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = entry.split_once('=')?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
    let value: Vec<u8> = percent_decode_str(value.trim()).collect();
    let mut value = HeaderValue::from_bytes(&value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> (Option<Settings>, Vec<String>) {
        read("phase-mirror", |name| {
            let known = variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        })
    }

    fn endpoint_of(variables: &[(&str, &str)]) -> Option<String> {
        Some(of(variables).0?.endpoint.to_string())
    }

    #[test]
    fn without_an_endpoint_nothing_is_exported() {
        let headers = (HEADERS, "a=b");
        for variables in [
            vec![],
            vec![headers],
            vec![(ENDPOINT, " ")],
            vec![(ENDPOINT, "http://collector:4318"), (DISABLED, "True")],
        ] {
            assert_eq!(of(&variables), (None, vec![]), "{variables:?}");
        }
    }

    #[test]
    fn one_address_is_for_all_signals_and_the_other_for_traces() {
        for (base, traces) in [
            ("http://localhost:4318", "http://localhost:4318/v1/traces"),
            ("https://o.example/", "https://o.example/v1/traces"),
            (
                "https://o.example/otlp/",
                "https://o.example/otlp/v1/traces",
            ),
        ] {
            assert_eq!(endpoint_of(&[(ENDPOINT, base)]).as_deref(), Some(traces));
        }
        let both = [
            (ENDPOINT, "http://a.example"),
            (TRACES_ENDPOINT, "http://b.example/in?x=1"),
        ];
        assert_eq!(endpoint_of(&both).unwrap(), "http://b.example/in?x=1");
    }

    #[test]
    fn an_address_that_cannot_be_used_is_warned_about_and_not_shown() {
        for bad in [
            "localhost:4318",
            "grpc://localhost:4317",
            "http://user:secret@o.example",
            "https://o.example?key=secret",
            "https://o.example#secret",
            "http://",
        ] {
            let (settings, warnings) = of(&[(ENDPOINT, bad)]);
            assert_eq!(settings, None, "{bad}");
            let [warning] = warnings.try_into().unwrap();
            assert!(warning.contains(ENDPOINT), "{warning}");
            assert!(!warning.contains("secret"), "{warning}");
        }
    }

    #[test]
    fn headers_are_decoded_and_never_shown() {
        let (settings, warnings) = of(&[
            (ENDPOINT, "http://localhost:4318"),
            (HEADERS, "api-key = s%3Dcret, x-scope=1"),
            (SERVICE_NAME, "mirror"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.headers["api-key"], "s=cret");
        assert_eq!(settings.headers["x-scope"], "1");
        assert_eq!(settings.service, "mirror");
        assert_eq!(warnings, [""; 0]);
        assert!(!format!("{settings:?}").contains("cret"));
    }

    #[test]
    fn what_is_not_used_is_named_by_its_place() {
        let (settings, warnings) = of(&[
            (ENDPOINT, "http://localhost:4318"),
            (TRACES_HEADERS, "secret,a=b,c=%0A"),
            (PROTOCOL, "grpc"),
        ]);
        assert_eq!(settings.unwrap().headers.len(), 1);
        assert_eq!(
            warnings,
            [
                "OTEL_EXPORTER_OTLP_PROTOCOL is not http/json, which is what is spoken all the same",
                "entry 1 of OTEL_EXPORTER_OTLP_TRACES_HEADERS is not used: it is not NAME=VALUE with the value percent-encoded",
                "entry 3 of OTEL_EXPORTER_OTLP_TRACES_HEADERS is not used: it is not NAME=VALUE with the value percent-encoded",
            ]
        );
    }
}
