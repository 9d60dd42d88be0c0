//! Serving a WSDL with the address under which it was asked for.

/// The placeholder of the WSDL files that stands for the public base address, such as `https://gate.example.bg:8443`.
pub const BASE: &str = "{{base}}";

/// The WSDL text with every placeholder replaced by the base address (no slash at its end), escaped for an attribute.
pub fn addressed(template: &str, base: &str) -> String {
    let mut escaped = Vec::with_capacity(base.len());
    kapia_xml::escape_attribute(base.trim_end_matches('/'), &mut escaped);
    template.replace(BASE, &String::from_utf8_lossy(&escaped))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_hostile_host_name_cannot_leave_the_attribute() {
        let served = super::addressed("<a location=\"{{base}}/x\"/>", "https://h\"><b/");
        assert_eq!(served, "<a location=\"https://h&quot;>&lt;b/x\"/>");
    }
}
