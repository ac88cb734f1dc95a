import unittest
import xml.dom.minidom

from pooling.plot import Line, chart


class PlotTest(unittest.TestCase):
    def test_a_chart_is_xml_and_names_its_lines(self):
        drawn = chart("Title <1>", "clients", "tps", [Line("without", [(1, 10.0), (100, 900.0)]), Line("with", [(1, 9.0), (100, 905.0)])], False)
        document = xml.dom.minidom.parseString(drawn)
        self.assertEqual(len(document.getElementsByTagName("polyline")), 2)
        texts = [node.firstChild.data for node in document.getElementsByTagName("text")]
        self.assertIn("without", texts)
        self.assertIn("Title <1>", texts)

    def test_names_at_the_same_height_stand_apart(self):
        drawn = chart("t", "x", "y", [Line(name, [(1, 1.0), (10, 5.0)]) for name in ("a", "b")], True)
        ends = [node.getAttribute("y") for node in xml.dom.minidom.parseString(drawn).getElementsByTagName("text")[-2:]]
        self.assertNotEqual(ends[0], ends[1])

    def test_one_number_of_clients_is_a_chart_too(self):
        xml.dom.minidom.parseString(chart("t", "x", "y", [Line("a", [(8, 3.0)])], False))


if __name__ == "__main__":
    unittest.main()
