import JSON

/// Tools whose parameters Anthropic defines and the client carries out: named by their kind alone, so that the gateway has to
/// say what they take (Anthropic API reference, "Bash tool", "Text editor tool", "Computer use tool", "Memory tool").
enum ClientTools {
    /// What such a tool is declared with; nil for any other kind.
    struct Definition {
        var description: String
        var schema: JSONNode
    }

    static func definition(of tool: JSONNode, kind: String) -> Definition? {
        guard let row = rows.first(where: { kind.hasPrefix($0.prefix) }) else { return nil }
        return Definition(description: row.description + screen(of: tool), schema: row.schema)
    }

    /// The size of the screen that coordinates refer to.
    private static func screen(of tool: JSONNode) -> String {
        guard let width = tool.given("display_width_px")?.int, let height = tool.given("display_height_px")?.int else {
            return ""
        }
        return " The screen is \(width) x \(height) pixels."
    }

    private struct Row: Sendable {
        var prefix: String
        var description: String
        var schema: JSONNode

        init(_ prefix: String, _ description: String, _ schema: String) {
            self.prefix = prefix
            self.description = description
            do {
                self.schema = try JSONDocument(parsing: Array(schema.utf8)).root
            } catch {
                preconditionFailure("the schema of \(prefix) is no JSON: \(error)")
            }
        }
    }

    /// The first row that fits counts.
    private static let rows: [Row] = [
        Row(
            "bash_", "Runs a command in a persistent bash session.",
            #"""
            {"type":"object","properties":{
              "command":{"type":"string","description":"Command to run; needed unless restart is true."},
              "restart":{"type":"boolean","description":"True starts the session anew."}}}
            """#),
        // The first kinds could take back the last edit of a file.
        Row("text_editor_20241022", editor, editorSchema(canUndo: true)),
        Row("text_editor_20250124", editor, editorSchema(canUndo: true)),
        Row("text_editor_", editor, editorSchema(canUndo: false)),
        Row(
            "computer_", "Controls a computer by keyboard and mouse, and takes screenshots.",
            #"""
            {"type":"object","properties":{
              "action":{"type":"string","enum":["key","type","mouse_move","left_click","left_click_drag","right_click",
                "middle_click","double_click","triple_click","screenshot","cursor_position","left_mouse_down",
                "left_mouse_up","scroll","hold_key","wait","zoom"]},
              "coordinate":{"type":"array","items":{"type":"integer"},"description":"x and y in pixels."},
              "start_coordinate":{"type":"array","items":{"type":"integer"},"description":"Where a drag begins."},
              "text":{"type":"string","description":"Text to type, or keys such as ctrl+s."},
              "scroll_direction":{"type":"string","enum":["up","down","left","right"]},
              "scroll_amount":{"type":"integer","description":"Clicks of the wheel."},
              "duration":{"type":"number","description":"Seconds to wait or to hold a key."},
              "region":{"type":"array","items":{"type":"integer"},"description":"Corners x0, y0, x1, y1 to zoom into."}},
              "required":["action"]}
            """#),
        Row(
            "memory_", "Reads and changes files below /memories that last from one conversation to the next.",
            #"""
            {"type":"object","properties":{
              "command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},
              "path":{"type":"string","description":"File or folder below /memories."},
              "view_range":{"type":"array","items":{"type":"integer"},"description":"First and last line to show."},
              "file_text":{"type":"string","description":"Content of a file to create."},
              "old_str":{"type":"string","description":"Text to replace; it must stand there once."},
              "new_str":{"type":"string","description":"What replaces it."},
              "insert_line":{"type":"integer","description":"Line behind which to insert, 0 for the start."},
              "insert_text":{"type":"string","description":"Text to insert."},
              "old_path":{"type":"string","description":"File or folder to rename."},
              "new_path":{"type":"string","description":"Its new name."}},
              "required":["command"]}
            """#),
    ]

    private static let editor = "Views, creates and edits files."

    private static func editorSchema(canUndo: Bool) -> String {
        let undo = canUndo ? #","undo_edit""# : ""
        return #"""
            {"type":"object","properties":{
              "command":{"type":"string","enum":["view","create","str_replace","insert"\#(undo)]},
              "path":{"type":"string","description":"Absolute path of a file or folder."},
              "file_text":{"type":"string","description":"Content of a file to create."},
              "old_str":{"type":"string","description":"Text to replace; it must stand there once."},
              "new_str":{"type":"string","description":"What replaces it."},
              "insert_line":{"type":"integer","description":"Line behind which to insert, 0 for the start."},
              "insert_text":{"type":"string","description":"Text to insert."},
              "view_range":{"type":"array","items":{"type":"integer"},"description":"First and last line to show, -1 for the end."}},
              "required":["command","path"]}
            """#
    }
}
